"""Estimates made from totals of sampling units in place of cells."""
