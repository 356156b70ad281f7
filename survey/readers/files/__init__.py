"""From a file to rows of text, whatever wrote it."""
