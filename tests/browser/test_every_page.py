"""Every page in a real browser: nothing cut, overprinted or asked of another machine; nothing severe for axe-core."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from survey.host import access
from survey.host.access import Role
from tests.accounts.rights import OF_ROLE
from tests.bad_studies import BAD
from tests.browser.desk import Visit, served
from tests.browser.phone import needs_chromium
from tests.browser.tour import PHONE, WINDOWS, tour
from tests.city_folder import imported_city
from views.shell.navigation import PAGES

NAMES = tuple(name for pages in PAGES.values() for _, _, name in pages)
pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tour") / "city"
    return imported_city(root, districts=4, streets_per_district=3, communities_per_street=2)


def visited(
    browser: Browser, root: Path, pages: tuple[str, ...], windows: Sequence[tuple[int, int]] = WINDOWS
) -> dict[str, list[str]]:
    """Return page -> its faults, in some windows."""
    with served(root) as address:
        visit = Visit(browser, windows[0])
        found = tour(visit, address, pages, windows)
        visit.page.close()
    return dict(found)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("names", [NAMES[::3], NAMES[1::3], NAMES[2::3]], ids=["first", "second", "third"])
def test_every_page_stands_on_a_phone(browser: Browser, city: Path, names: tuple[str, ...]) -> None:
    """The slow tests add two thirds of the pages and the other windows."""
    assert visited(browser, city, names, (PHONE,)) == {}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("role", OF_ROLE)
def test_the_pages_of_every_role_stand_in_every_window(
    browser: Browser, city: Path, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    monkeypatch.setenv(access.VARIABLE, role)
    assert visited(browser, city, OF_ROLE[role]) == {}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("study", BAD)
def test_the_pages_of_a_bad_study_stand_in_every_window(browser: Browser, tmp_path: Path, study: str) -> None:
    assert visited(browser, BAD[study](tmp_path / "city"), NAMES) == {}
