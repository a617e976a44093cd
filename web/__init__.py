"""What people see: the map page and the shareable reports."""
