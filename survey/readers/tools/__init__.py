"""One file per tool that exports answers."""
