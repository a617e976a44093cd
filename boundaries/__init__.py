"""Who is responsible for where: areas, editions and the one deciding function."""
