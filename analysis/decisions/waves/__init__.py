"""Two waves against each other: whether they may be compared, what moved, what was mended."""
