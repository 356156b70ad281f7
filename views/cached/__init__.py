"""Answers of `reports`, kept while the study does not change. Front door: `answers` (ask)."""
