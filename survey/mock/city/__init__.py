"""The true city: areas, people and their opinions."""
