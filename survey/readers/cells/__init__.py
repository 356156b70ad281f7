"""Decode the text of single cells."""
