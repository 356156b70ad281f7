"""Code stored imports again: to repair parts, to check rows, to remove contacts."""
