"""Statistics and text: pure functions on cells and frames."""
