"""Simulated surveys of areas with known true rates: verdicts, further interviews, streets."""
