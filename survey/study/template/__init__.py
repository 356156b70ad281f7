"""A new study from the template, and what of the template a study still has."""
