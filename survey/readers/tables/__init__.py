"""From rows of text to columns that feed items of the questionnaire."""
