"""Free text: from raw answers to words, themes, tone and places. Import the module you need."""
