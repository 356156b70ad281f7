"""What a city must decide, one question a file."""
