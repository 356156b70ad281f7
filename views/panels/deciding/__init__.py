"""Panels on which analysts decide what counts: exclusions and bursts."""
