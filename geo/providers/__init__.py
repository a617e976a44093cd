"""Online geocoders, off by default: one file each, asked side by side, never believed alone."""
