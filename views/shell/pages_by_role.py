"""Pages of each role. A page that is not listed does not exist for that role, its address included."""

from __future__ import annotations

from collections.abc import Mapping

from survey.errors import ArgumentError
from survey.host import access
from survey.host.access import Role

RESULTS = ("overview", "weak_areas", "area", "change")
PAGES: Mapping[Role, tuple[str, ...]] = {
    Role.LEADER: (*RESULTS, "passing"),
    Role.PUBLICITY: (*RESULTS, "passing", "outreach", "ledger", "voices"),
    Role.UNIT: (*RESULTS, "ledger"),
}
"""role -> names of its pages: leaders, outreach planners, responsible units. Analysts have all pages."""


def offered(page: str) -> bool:
    """Return whether the role of this process has a page, named such as "weak_areas"."""
    try:
        listed = PAGES.get(access.current_role())
    except ArgumentError:
        return page == RESULTS[0]  # this page reports the unknown role in Chinese
    return listed is None or page in listed
