"""What the map shows besides cases."""
