"""Lint a questionnaire. Entry point: `lint` (lint_questionnaire)."""
