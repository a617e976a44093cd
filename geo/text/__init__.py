"""What is done to a text before it is matched with the town: pure, and linear in its length."""
