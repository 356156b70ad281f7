"""Pages about accounts and the system."""
