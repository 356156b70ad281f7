"""Estimates, their intervals and precision, and what may be shown. Front door: `rates` (rates); `contrasts`."""
