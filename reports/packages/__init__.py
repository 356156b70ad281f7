"""Installed packages held against a list of known vulnerabilities; front door: `vulnerabilities.py`."""
