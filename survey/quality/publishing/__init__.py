"""Published results: which answers readers without raw data see, so that no step shows them a single person."""
