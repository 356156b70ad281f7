"""Plans: official survey, next sample, outreach, rectification. One module per question."""
