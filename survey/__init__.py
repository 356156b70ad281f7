"""Ingestion: an answer becomes a stored, coded response."""
