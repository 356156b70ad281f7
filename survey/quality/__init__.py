"""What looks careless or copied; nothing is ever removed. Front door: `registry` (the checks) and `exclusions`."""
