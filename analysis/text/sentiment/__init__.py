"""What a text wants and how it feels."""
