"""The online questionnaire: receiver, phone form, printed forms, and transfer of submissions into the store."""
