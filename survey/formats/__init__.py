"""Export coded answers and the questionnaire to the formats of other programs."""
