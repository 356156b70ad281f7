"""A mock city that the tests of open answers only read."""

from pathlib import Path

import pytest

from tests.city_folder import imported_city


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    size = {"districts": 2, "streets_per_district": 2, "communities_per_street": 2, "responses": 300}
    return imported_city(tmp_path_factory.mktemp("voices") / "city", **size)
