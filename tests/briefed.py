"""One small city with all kinds of its documents, built once in a run of tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from reports.briefing.build import Source, build, source
from reports.briefing.model import Briefing, Kind
from reports.plans.rectification import ledger_of, new_entry
from reports.sample import gather
from reports.selection import Selection
from survey.study.study import load_study
from tests.city_folder import imported_city


@dataclass(frozen=True)
class Briefed:
    """The folder of the city, the source of its documents, and one document of each kind."""

    city: Path
    source: Source
    pages: Mapping[Kind, Briefing]


@cache
def briefed(base: Path) -> Briefed:
    """Return the city below a folder, with one overdue entry in its ledger."""
    city = imported_city(base / "briefed", seed=5, districts=4, streets_per_district=3, waves=2, texts=False)
    asked = Selection(mode="household")
    gathered = gather(load_study(city), asked)
    first = source(gathered, asked, quotes=True)
    row = first.facts.sure[0].row
    typed = {"owner": "城市管理部门", "deadline": first.facts.day - timedelta(days=3), "measure": "增划车位"}
    told = {name: row[name] for name in ("item", "district", "estimate", "line")}
    entry = new_entry(gathered, first.facts.selection.wave, told, typed)
    ledger_of(gathered.study).open_entry(entry, who="王")
    found = source(gathered, asked, quotes=True)
    return Briefed(city, found, {kind: build(found, kind, first.facts.sure[0].place[0])[0] for kind in Kind})


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Briefed:
    return briefed(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def city(made: Briefed) -> Path:
    return made.city


@pytest.fixture(scope="session")
def found(made: Briefed) -> Source:
    return made.source


@pytest.fixture(scope="session")
def pages(made: Briefed) -> Mapping[Kind, Briefing]:
    return made.pages


@pytest.fixture(scope="session")
def page(made: Briefed) -> Briefing:
    return made.pages[Kind.BRIEF]
