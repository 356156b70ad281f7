"""Validation of submissions from phones. Entry point: `validation.Validator`."""
