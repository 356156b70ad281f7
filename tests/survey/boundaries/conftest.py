"""One study for all tests of boundaries; none of them writes into it."""

import pytest

from survey.study.study import Study
from tests.survey.boundaries.drawn import city


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return city(tmp_path_factory.mktemp("boundaries") / "city")
