"""One small city with its documents, shared by the tests of all forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.briefing.build import Source, build, source
from reports.briefing.model import Briefing, Kind
from reports.sample import gather
from reports.selection import Selection
from survey.study.study import load_study
from tests.city_folder import imported_city


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents") / "city"
    return imported_city(folder, seed=11, districts=3, streets_per_district=2, waves=2, texts=False)


@pytest.fixture(scope="session")
def found(city: Path) -> Source:
    asked = Selection(mode="household")
    return source(gather(load_study(city), asked), asked, quotes=True)


@pytest.fixture(scope="session")
def page(found: Source) -> Briefing:
    return build(found, Kind.BRIEF)[0]
