"""The bar of every page: what the search box holds, and the views of the visitor."""

import html
import json
import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from accounts.scope import own_districts
from reports.desk.desk import owner
from reports.desk.found import targets
from reports.desk.named_views import NamedView, keep_view, named_views
from reports.selection import Selection
from survey.host import access
from survey.host.access import Role
from survey.host.person import Person, acting
from survey.study.study import load_study
from tests.views.page_words import Run, bodies, page_text
from views.panels.desk.bar import BOX


@pytest.fixture
def own(city: Path, tmp_path: Path) -> Path:
    """A copy, because views are written into it."""
    shutil.copytree(city, tmp_path / "city", ignore=shutil.ignore_patterns("log", "desks"))
    return tmp_path / "city"


def index(app: object) -> list[list[str]]:
    """Return what the search box of a page holds."""
    text = "".join(bodies(app))  # type: ignore[arg-type]
    found = re.search(r'data-index="([^"]*)"', text)
    assert found
    entries: list[list[str]] = json.loads(html.unescape(found[1]))
    return entries


def test_the_box_finds_places_items_and_pages_and_every_question(own: Path, run: Run) -> None:
    study = load_study(own)
    found = index(run(own))
    titles = {title for title, *_ in found}
    assert {"总览", "交叉分析", *study.areas.districts, study.areas.children(study.areas.districts[0])[0]} <= titles
    rows = {address.partition("rows=")[2] for _, _, address, _ in found if address.startswith("crosstab?")}
    assert {item.name for item in study.questionnaire.items} <= rows


def test_a_role_finds_its_own_pages_and_a_unit_its_own_district(
    own: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(access.VARIABLE, "leader")
    pages = {address.partition("?")[0] for _, _, address, _ in index(run(own))}
    assert "overview" in pages
    assert not pages & {"crosstab", "voices", "quality"}
    study = load_study(own)
    first, second, *_ = study.areas.districts
    with acting(Person("dw", "单位", Role.UNIT, district=first)):
        titles = {one.title for one in targets(study, own_districts())}
    assert first in titles
    assert second not in titles
    assert Selection().scope is None


def opened(app: AppTest) -> AppTest:
    """Open the box of the named views, which is drawn only then."""
    app.session_state[BOX] = True
    return app.run()


def test_a_view_is_kept_on_the_page_renamed_and_removed(own: Path, run: Run) -> None:
    app = run(own, "views/pages/weak_areas.py", wave="W1")
    assert not [one for one in app.text_input if one.key == "desk.name"]
    opened(app).text_input(key="desk.name").set_value("上轮薄弱").run()
    app.button(key="desk.kept").click().run()
    (kept,) = named_views(own, owner())
    assert (kept.name, kept.page) == ("上轮薄弱", "weak_areas")
    assert "wave" in kept.query
    assert index(app)[0][:2] == ["上轮薄弱", "我的视图 · 薄弱区域"]
    app.text_input(key="desk.new").set_value("第一轮").run()
    app.button(key="desk.rename").click().run()
    assert [one.name for one in named_views(own, owner())] == ["第一轮"]
    app.button(key="desk.drop").click().run()
    assert named_views(own, owner()) == ()


def test_a_view_of_a_page_that_the_role_lacks_is_not_offered(
    own: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_view(own, owner(), NamedView("我的交叉表", "crosstab", {"rows": "A1"}))
    assert "我的交叉表" in "".join(bodies(opened(run(own))))
    monkeypatch.setenv(access.VARIABLE, "leader")
    app = opened(run(own))
    assert "我的交叉表" not in page_text(app) + "".join(bodies(app))
    assert "打不开" in page_text(app)
