"""Findings as sentences for people. Front door: `briefing`."""
