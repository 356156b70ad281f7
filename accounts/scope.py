"""The data scope of the person who acts: rated units see their own district only, and the entries of their own unit."""

from __future__ import annotations

import re

from survey.host.access import Role
from survey.host.person import who_acts

BETWEEN_UNITS = re.compile(r"[、，,；;/\s]+")
"""What stands between several responsible units."""


def own_districts() -> frozenset[str] | None:
    """Return the only districts that the person who acts may see; None for all, as without a login.

    A rated unit without a district, such as 城管局, sees none: it has the totals of the city and its own entries.
    """
    person = who_acts()
    if person is None or (person.role != Role.UNIT and not person.district):
        return None
    return frozenset({person.district} - {""})


NO_DISTRICT = "账户没有指定区县：这里只有全市合计和写给您单位的整改条目，各区县、街道的结果不显示。"


def scope_note() -> str:
    """Return what a reader without any district must know about empty tables; "" for others."""
    return NO_DISTRICT if own_districts() == frozenset() else ""


def concerns(area: str, unit: str) -> bool:
    """Return whether an entry about a district, for a unit to act on, may be seen by the person who acts."""
    districts, person = own_districts(), who_acts()
    if districts is None or area in districts:
        return True
    return person is not None and person.unit != "" and person.unit in BETWEEN_UNITS.split(unit)
