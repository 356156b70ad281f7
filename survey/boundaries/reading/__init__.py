"""Readers of boundary files: every format gives the same features. Entry point: `files.read_sources`."""
