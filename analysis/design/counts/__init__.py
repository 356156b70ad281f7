"""Counts of responses by cell: numbered cells, columns counted by code, sums added and taken away exactly."""
