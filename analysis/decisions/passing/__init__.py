"""Passing the official survey: rehearsal, forecast, the share that passes. Front door: `pass_forecast` (foresee)."""
