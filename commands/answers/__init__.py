"""Commands that bring answers in, take them back, and hand them out."""
