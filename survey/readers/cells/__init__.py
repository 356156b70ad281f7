"""From the text of one cell to what it means."""
