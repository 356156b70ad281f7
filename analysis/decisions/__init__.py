"""Decisions that a city must take, one per module."""
