"""The questionnaire: elements, conditions, rates and lint."""
