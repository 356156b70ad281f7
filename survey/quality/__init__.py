"""Quality checks that flag responses but never remove them. Entry points: `registry` (checks) and `exclusions`."""
