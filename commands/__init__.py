"""One file per command of `silu`."""
