"""Check and repair the inbox, and clear contacts from it."""
