"""How a notice leaves the house."""
