"""What a file is, whether it is clean, and what a photo tells: looked at before it is kept."""
