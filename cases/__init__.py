"""What happened, and who must do what by when."""
