"""What to do next: the official survey, the next sample, outreach, rectification. Front door: one file a question."""
