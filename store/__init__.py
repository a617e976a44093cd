"""The cellar: Postgres, and nothing about the city."""
