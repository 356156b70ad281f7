"""Blocks of 薄弱区域: cards of confirmed weaknesses, the heat table, rows of watched rates."""
