"""Commands that print rates, tables, texts and checks."""
