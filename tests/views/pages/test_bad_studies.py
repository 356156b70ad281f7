"""Studies that lack something: every page says what it can, names the remedy where it cannot, and stays up."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from survey.host import access
from survey.host.access import Role
from tests.accounts.rights import OF_ROLE
from tests.bad_studies import BAD
from tests.views.page_words import Run, page_text, seen
from views.shell.navigation import PAGES

FILES = {name: f"views/pages/{file}" for pages in PAGES.values() for file, _, name in pages}
Make = Callable[[str], Path]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Return a function that makes a bad study once."""
    made: dict[str, Path] = {}

    def once(name: str) -> Path:
        if name not in made:
            made[name] = BAD[name](tmp_path_factory.mktemp(name) / "city")
        return made[name]

    return once


def stand(app: AppTest, pages: tuple[str, ...]) -> None:
    """Open pages one after another; each stays up, says something of its own, and an error names its remedy."""
    for name in pages:
        app.switch_page(FILES[name]).run(timeout=120)
        assert not app.exception, (name, app.exception)
        assert all("处理办法" in seen(error.value) for error in app.error), (name, app.error)
        assert len(page_text(app).replace("\n", "")) > 60, name


@pytest.mark.parametrize("study", ["placeless", "suppressed"])
def test_pages_stay_up_without_anything_to_compare(make: Make, run: Run, study: str) -> None:
    pages = ("overview", "weak_areas", "area", "change", "passing", "outreach", "ledger", "imports")
    app = run(make(study))
    assert not app.error, "the first page says what is missing itself"
    stand(app, pages)
    if study == "placeless":
        app.switch_page(FILES["area"]).run(timeout=120)
        assert not app.error
        assert "没有写明地点" in page_text(app)


def test_the_first_page_names_the_missing_margin_and_how_to_add_it(make: Make, run: Run) -> None:
    app = run(make("no_margins"))
    assert "还缺 1 项" in page_text(app)
    listed = app.dataframe[0].value.to_string()
    assert all(word in listed for word in ("没有人口结构", "margins.csv", "区县,性别,年龄,人口"))


def test_the_first_page_of_a_leader_stays_up(make: Make, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.VARIABLE, Role.LEADER)
    for study in ("placeless", "suppressed"):
        assert page_text(run(make(study)))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("role", OF_ROLE)
@pytest.mark.parametrize("study", BAD)
def test_every_page_of_every_role_stays_up(
    make: Make, run: Run, monkeypatch: pytest.MonkeyPatch, study: str, role: Role
) -> None:
    monkeypatch.setenv(access.VARIABLE, role)
    stand(run(make(study)), OF_ROLE[role])
