"""The online questionnaire: receiver, phone form, printed forms, and the way of an answer into the store."""
