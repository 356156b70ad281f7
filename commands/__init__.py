"""The commands of `silu`, one module per command."""
