"""Intent and polarity of a text."""
