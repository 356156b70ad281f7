"""Move submissions into the store, and take withdrawn ones out of it. Entry point: `drain`."""
