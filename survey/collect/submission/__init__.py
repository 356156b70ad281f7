"""Whether what a phone sends is a valid answer. Front door: `validation` (Validator)."""
