"""Free text: from raw answers to terms, themes, tone and places. Import the module you need."""
