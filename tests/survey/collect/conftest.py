"""The small open study and its inbox, for the tests of this folder that want no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.collect.inbox.sqlite import SqliteBackend
from survey.study.study import Study
from tests.survey.collect.town import make_town


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_town(tmp_path / "town")


@pytest.fixture
def backend(study: Study) -> Iterator[SqliteBackend]:
    made = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    yield made
    made.close()
