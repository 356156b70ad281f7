"""Routing conditions: parse and evaluate. Entry point: `expressions`."""
