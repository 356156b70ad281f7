"""Find damage in stored files and repair it. Entry point: `verify`."""
