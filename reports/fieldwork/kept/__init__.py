"""Sums of the answers of a wave and mode, kept beside the store: after an import only new answers are read."""
