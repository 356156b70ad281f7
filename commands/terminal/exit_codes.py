"""Exit codes of the commands: 0 done, 1 done with findings the user must see, and those that have a name here."""

EXIT_USER_ERROR = 2
EXIT_NEEDS_YOU = 3
"""Somebody has to act: something is damaged, missing or not set up, and the program cannot mend it by itself."""
EXIT_CLOSED_PIPE = 141
"""What a shell says of a program that SIGPIPE ended."""
