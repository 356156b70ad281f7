"""Published results: what readers without raw data see (rule R-06)."""
