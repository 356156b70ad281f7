"""What options may be set to: light, so that a help text loads neither numpy nor pandas."""

from __future__ import annotations

from survey.question import ROLES

AREA_COLUMNS = ("district", "street", "community", "place", "urban_rural", "stratum")
PEOPLE = ("age", "sex", "place")
"""Columns of people that the pages filter by."""
BY = ("wave", "mode", *AREA_COLUMNS, *ROLES)
"""Columns that answers may be grouped and chosen by."""
FORMATS = ("table", "csv", "xlsx")
"""Names of the writers of `commands.tables`."""
