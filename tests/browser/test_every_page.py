"""Every page in a real browser: nothing cut, overprinted or asked of another machine; nothing severe for axe-core."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from survey.host import access
from survey.host.access import Role
from tests.browser.desk import Visit, served
from tests.browser.phone import needs_chromium
from tests.browser.tour import WINDOWS, tour
from tests.city_folder import imported_city
from views.shell.navigation import PAGES
from views.shell.pages_by_role import PAGES as OF_ROLE

NAMES = [name for pages in PAGES.values() for _, _, name in pages]
pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tour") / "city"
    return imported_city(root, districts=3, streets_per_district=3, communities_per_street=2)


def test_every_page_stands_in_every_window(browser: Browser, city: Path) -> None:
    with served(city) as address:
        visit = Visit(browser, WINDOWS[0])
        found = tour(visit, address, NAMES, WINDOWS)
        visit.page.close()
    assert found == {}
