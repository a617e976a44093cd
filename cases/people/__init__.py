"""Who works here: bodies, posts and who holds them, duty, and the accounts they act with."""
