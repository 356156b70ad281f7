"""What was acknowledged, sealed and lawfully erased, and the checks of it."""
