"""The verb that each page needs. A page that the role may not open does not exist for it, its address included."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.grants import verbs
from accounts.verbs import Verb
from survey.errors import ArgumentError
from survey.host.person import who_acts

HOME = "overview"
NEEDS: Mapping[str, Verb] = {
    HOME: Verb.READ,
    "weak_areas": Verb.READ,
    "area": Verb.READ,
    "change": Verb.READ,
    "voices": Verb.VOICES,
    "passing": Verb.FORECAST,
    "planning": Verb.ANALYSE,
    "crosstab": Verb.ANALYSE,
    "expert": Verb.ANALYSE,
    "outreach": Verb.OUTREACH,
    "ledger": Verb.LEDGER,
    "briefing": Verb.READ,
    "quality": Verb.ANALYSE,
    "imports": Verb.COLLECT,
    "live": Verb.COLLECT,
}
"""Page -> what its visitors may do. A page without a verb is open to nobody."""
OF_ACCOUNTS: Mapping[str, Verb] = {"people": Verb.ACCOUNTS, "system": Verb.RUN, "audit": Verb.AUDIT, "me": Verb.OWN}
"""The same for pages that exist only where people log in."""


def open_pages() -> tuple[str, ...]:
    """Return the pages that the person who acts may open, named such as "weak_areas"."""
    try:
        granted = verbs()
    except ArgumentError:
        return (HOME,)  # this page reports the missing or unknown role in Chinese
    of_accounts = OF_ACCOUNTS if who_acts() is not None else {}
    return tuple(page for page, verb in {**NEEDS, **of_accounts}.items() if verb in granted)


def offered(page: str) -> bool:
    """Return whether the person who acts may open a page, named such as "weak_areas"."""
    return page in open_pages()


def home() -> str:
    """Return the page at "/": 总览, or the first page of those who may not see results."""
    return next(iter(open_pages()), HOME)
