"""Translate the expressions of XLSForm and the conditions of a questionnaire into each other."""
