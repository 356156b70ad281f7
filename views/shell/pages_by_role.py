"""The verb that each page needs. A page that the role may not open does not exist for it, its address included."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.grants import may
from accounts.verbs import Verb
from survey.errors import ArgumentError

HOME = "overview"
NEEDS: Mapping[str, Verb] = {
    HOME: Verb.READ,
    "weak_areas": Verb.READ,
    "area": Verb.READ,
    "change": Verb.READ,
    "voices": Verb.VOICES,
    "passing": Verb.FORECAST,
    "planning": Verb.ANALYSE,
    "expert": Verb.ANALYSE,
    "outreach": Verb.OUTREACH,
    "ledger": Verb.LEDGER,
    "quality": Verb.ANALYSE,
    "imports": Verb.COLLECT,
    "live": Verb.COLLECT,
}
"""Page -> what its visitors may do. A page without a verb is open to nobody."""


def offered(page: str) -> bool:
    """Return whether the person who acts may open a page, named such as "weak_areas"."""
    try:
        return page in NEEDS and may(NEEDS[page])
    except ArgumentError:
        return page == HOME  # this page reports the missing or unknown role in Chinese
