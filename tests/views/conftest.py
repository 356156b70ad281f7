"""A small mock city, drawn and imported once, and the pages run on it."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.city_folder import imported_city
from tests.views.page_words import Run, open_page
from views.shell.options import apply_options
from views.visitor.session import STUDY_VARIABLE

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True, scope="session")
def options() -> None:
    """Pages run here as they are served."""
    apply_options()


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three districts, two waves, an online sample; nobody may write into it."""
    root = tmp_path_factory.mktemp("study") / "city"
    return imported_city(root, districts=3, streets_per_district=3, communities_per_street=2, texts=False)


@pytest.fixture
def empty_city(city: Path, tmp_path: Path) -> Path:
    """The same study before its first answer."""
    shutil.copytree(city, tmp_path / "city", ignore=shutil.ignore_patterns("store"))
    return tmp_path / "city"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the app on a study: `run(folder, page, wave="...")`, the named arguments being query parameters."""

    def start(study: Path | None, page: str = "", **query: str) -> AppTest:
        if study is None:
            monkeypatch.delenv(STUDY_VARIABLE, raising=False)
        else:
            monkeypatch.setenv(STUDY_VARIABLE, str(study))
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        open_page(app, page, query)
        assert not app.exception
        return app

    return start
