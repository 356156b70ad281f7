"""The data scope of the person who acts: rated units see their own district only, and the entries of their own unit."""

from __future__ import annotations

from survey.host.access import Role
from survey.host.person import who_acts


def own_districts() -> frozenset[str] | None:
    """Return the only districts that the person who acts may see; None for all, as without a login.

    A rated unit without a district sees none.
    """
    person = who_acts()
    if person is None or (person.role != Role.UNIT and not person.district):
        return None
    return frozenset({person.district} - {""})


def concerns(area: str, unit: str) -> bool:
    """Return whether an entry about a district, for a unit to act on, may be seen by the person who acts."""
    districts, person = own_districts(), who_acts()
    return districts is None or area in districts or bool(person and person.unit and person.unit in unit)
