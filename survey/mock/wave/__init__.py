"""One wave drawn from the city: sample, sessions, answers and texts."""
