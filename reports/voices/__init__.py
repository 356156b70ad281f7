"""Open answers: read, coded, counted. Entry point: `shares`."""
