"""Formats: coded answers and the questionnaire for other programs."""
