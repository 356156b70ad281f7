"""Crosstabs: any question of a study by any groups, with intervals, marks and tests of the design."""
