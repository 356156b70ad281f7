"""What the search box finds, made once for each state of the study's files, role and scope."""

from __future__ import annotations

from accounts.scope import own_districts
from reports.desk.found import Target, targets
from survey.study.study import Study
from views.shell.pages_by_role import offered
from views.shell.shelf import Shelf
from views.visitor.session import Loaded

_FOUND = Shelf(16)


def found_of(loaded: Loaded) -> tuple[Target, ...]:
    """Return what leads to a page of the person who acts; the key holds role and scope."""
    found: tuple[Target, ...] = _FOUND.get(loaded.key, lambda: _open_to_reader(loaded.study))
    return found


def _open_to_reader(study: Study) -> tuple[Target, ...]:
    return tuple(one for one in targets(study, own_districts()) if offered(one.page))
