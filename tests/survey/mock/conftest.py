"""A mock city shared by all tests of the package."""

import pytest

from survey.mock import MockCity, MockSpec, draw


@pytest.fixture(scope="session")
def mock() -> MockCity:
    return draw(MockSpec())


@pytest.fixture(scope="session")
def honest() -> MockCity:
    """Many interviews without faults in few places, for tests of frequencies."""
    spec = MockSpec(seed=7, districts=4, responses=120_000, online=False, faults=False)
    return draw(spec)
