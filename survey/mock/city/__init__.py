"""The city that is true: areas, people, and what they think."""
