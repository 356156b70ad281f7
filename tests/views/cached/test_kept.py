"""Parts of pages that are kept: a page drawn again is the same page, and nothing kept outlives what it shows."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from reports.definitions import headlines
from reports.plans import outreach
from reports.plans.rectification import ledger_of
from survey.host.access import VARIABLE
from survey.study.plans.rectification import Entry
from survey.study.study import load_study
from tests.variants import slow_but
from tests.views.page_words import Run, bodies, figures, page_text
from views.cached import kept
from views.visitor import session
from views.visitor.session import load_settings


@pytest.mark.parametrize(
    "page", slow_but(["overview", "change"], ["overview", "area", "change", "quality", "planning", "outreach"])
)
def test_a_page_drawn_again_from_what_was_kept_is_the_same(page: str, city: Path, run: Run) -> None:
    app = run(city, f"views/pages/{page}.py")
    first = _all(app.run())  # the first run has set the query parameters
    calls: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "new_token", lambda: calls.append(1))
        assert _all(app.run()) == first
    assert not calls
    assert not app.exception


def _all(app: AppTest) -> tuple[object, ...]:
    tables = [table.value.to_csv() for table in (*app.dataframe, *app.table)]
    return page_text(app), bodies(app), figures(app), tables, [box.label for box in app.expander]


def test_a_plan_for_all_residents_is_found_again_under_a_filter(
    city: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "views/pages/outreach.py"
    whole = bodies(run(city, page))
    monkeypatch.setattr(outreach, "outreach", None)
    app = run(city, page, sex="女")
    assert app.selectbox(key=session.SEX).value == "女"
    assert whole[-1] in bodies(app)
    assert not app.exception


def test_an_entry_of_the_ledger_is_seen_at_once(city: Path, tmp_path: Path, run: Run) -> None:
    own = tmp_path / "own"
    shutil.copytree(city, own)
    study = load_study(own)
    area, wave = study.areas.districts[0], study.waves[-1].name
    app = run(own, "views/pages/area.py", district=area)
    assert "某某局" not in "".join(bodies(app))
    entry = Entry(0, area, headlines(study)[-1].name, wave, 0, 0.6, 0.8, "某某局", date(2031, 1, 1), "整治")
    ledger_of(study).open_entry(entry, who="张三")
    assert "某某局" in "".join(bodies(app.run()))


def test_another_role_sees_nothing_kept_for_an_analyst(city: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ledger" in "".join(bodies(run(city)))
    monkeypatch.setenv(VARIABLE, "leader")
    assert 'href="ledger' not in "".join(bodies(run(city)))


def test_a_function_that_depends_on_its_surroundings_is_refused(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SILU_STUDY", str(city))
    loaded, outside = load_settings(), 1

    def inside(_: object) -> int:
        return outside

    with pytest.raises(TypeError, match="no part of the key"):
        kept.kept(loaded, inside)
