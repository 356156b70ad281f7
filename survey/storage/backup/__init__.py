"""Backup and restore of a study folder, in full, while it is in use; front door: `snapshot.py`."""
