"""The questionnaire: its elements, conditions, rates and flaws."""
