"""Commands of the online form."""
