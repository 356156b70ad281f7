"""Match the columns of a table to the items of the questionnaire."""
