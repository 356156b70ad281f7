"""HTML: one file that opens offline, without scripts."""
