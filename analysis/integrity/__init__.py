"""Integrity: whether answers were coached, copied or invented, as evidence with a stated rate of false alarms."""
