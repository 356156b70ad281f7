"""Themes of a text."""
