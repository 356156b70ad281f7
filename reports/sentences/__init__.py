"""Findings as Chinese sentences. Front door: `briefing`."""
