"""Cells of the responses that count, kept beside the store. Entry point: `cells.counted_cells`."""
