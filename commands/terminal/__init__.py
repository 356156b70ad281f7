"""What every command shares: options, messages, progress, tables and exit codes."""
