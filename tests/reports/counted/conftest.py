"""A small city whose cells and correlations are kept; tests change copies of it."""

from pathlib import Path

import pytest

from tests.city_folder import imported_city


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported_city(
        tmp_path_factory.mktemp("counted") / "city", districts=2, streets_per_district=2, communities_per_street=2,
        texts=False,
    )  # fmt: skip
