"""A small city full of small groups; nobody may write into it."""

from pathlib import Path

import pytest

from tests.city_folder import imported_city


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("privacy") / "city"
    return imported_city(root, districts=2, streets_per_district=3, communities_per_street=2, responses=900)
