"""Owners: the units responsible for a weakness, and for a theme of residents' comments.

The questionnaire is the one table of owners. A theme has the owner of the rate with its indicator; its own entry in
`themes.toml` counts only where the questionnaire has no such rate. Once a weakness is in the ledger, its entry says
who is responsible: the units that were written there are in charge on every page until it is closed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.text.themes.codebook import Theme
from survey.instrument.questionnaire import Questionnaire
from survey.study.plans.rectification import Entry, Status

BETWEEN = re.compile(r"[、，,；;]")
"""What stands between the units of an entry."""
LOCAL = "属地"
"""How the name of a unit begins that is whichever street or town a weakness lies in."""
GOVERNMENTS = {"街道": "办事处", "镇": "人民政府", "乡": "人民政府", "苏木": "人民政府"}
"""End of the name of a place -> what its government is called behind it."""


def unit_of(questionnaire: Questionnaire, theme: Theme) -> str:
    """Return the responsible unit of a theme; "" where neither the questionnaire nor the theme has one."""
    rates = questionnaire.rates if theme.indicator else ()
    return next((rate.unit for rate in rates if rate.unit and theme.indicator in rate.indicators), theme.unit)


def entry_of(area: str, item: str, entries: Sequence[Entry]) -> Entry | None:
    """Return the open entry of a rate of an area, the newest one; None where there is none."""
    found = [one for one in entries if (one.area, one.item) == (area, item) and one.status is not Status.CLOSED]
    return found[-1] if found else None


def in_charge(area: str, item: str, proposed: tuple[str, ...], entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return the units in charge of a rate of an area.

    Args:
        area: name of the area.
        item: name of the rate.
        proposed: units of its worst items in this wave, or of the rate itself.
        entries: all entries of the ledger.

    Returns:
        The units of the open entry; `proposed` where there is none.
    """
    entry = entry_of(area, item, entries)
    if entry is None:
        return proposed
    return tuple(unit for one in BETWEEN.split(entry.owner) if (unit := one.strip()))


def government(place: str) -> str:
    """Return the government of a street or town: 蕙湾街道办事处, 芷坡镇人民政府; the name itself for other places."""
    return place + next((title for kind, title in GOVERNMENTS.items() if place.endswith(kind)), "")


def local(units: Sequence[str], places: Sequence[str]) -> tuple[str, ...]:
    """Return units in charge; one that begins with `LOCAL` is called by the kinds of the places: 属地街道和镇.

    Args:
        units: their names.
        places: names of the streets and towns of the district.
    """
    kinds = [kind for kind in GOVERNMENTS if any(place.endswith(kind) for place in places)]
    here = LOCAL + "和".join(kinds)
    return tuple(dict.fromkeys(here if kinds and unit.startswith(LOCAL) else unit for unit in units))
