"""Fieldwork and the quality of its data. Entry point: `data_quality`."""
