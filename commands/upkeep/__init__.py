"""Commands that make, serve, check and keep a study."""
