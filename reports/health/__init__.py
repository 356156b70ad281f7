"""The state of the machine, of a study, and of what is stored."""
