"""What a study keeps longer than its form promises, and how it goes; front door: `due.py` and `deletion.py`."""
