"""Remove withdrawn and expired data, and record what was removed."""
