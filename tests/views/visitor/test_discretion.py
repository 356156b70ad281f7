"""Roles without raw data: one filter at a time, only protected tables, and every view logged."""

import shutil
from pathlib import Path

import pytest

from accounts.audit.chain import AUDIT
from accounts.audit.log import Act
from analysis.estimation.disclosure.lattice import lattice
from reports.sample import gather
from reports.selection import Selection
from reports.verdicts import judged
from survey.host import access
from survey.host.sealed_lines import read_lines
from survey.study.study import load_study
from tests.views.page_words import WEAK_AREAS, Run, block, page_text

CHANGE = "views/pages/change.py"


@pytest.fixture
def own(city: Path, tmp_path: Path) -> Path:
    """A copy, because looking writes the log."""
    shutil.copytree(city, tmp_path / "city", ignore=shutil.ignore_patterns("log"))  # other tests looked at it too
    return tmp_path / "city"


@pytest.fixture
def leader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.VARIABLE, "leader")


@pytest.mark.usefixtures("leader")
def test_a_leader_filters_by_one_thing_at_a_time(own: Path, run: Run) -> None:
    app = run(own, age="60岁及以上", sex="女")
    assert "一次只能用一个人群筛选" in app.warning[0].value
    assert "没有按“女”筛选" in app.warning[0].value
    assert block(app, "strip").rpartition("看不出变化")[2].strip().startswith("60岁及以上；")


def test_an_analyst_filters_by_all_at_once(own: Path, run: Run) -> None:
    app = run(own, age="60岁及以上", sex="女")
    assert not app.warning
    assert "60岁及以上、女；" in block(app, "strip")


@pytest.mark.usefixtures("leader")
def test_other_pages_offer_a_leader_no_filter_of_people(own: Path, run: Run) -> None:
    app = run(own, CHANGE, sex="女")
    assert {box.key for box in app.selectbox} >= {"wave", "mode"}
    assert not {box.key for box in app.selectbox} & {"age", "sex", "place"}
    assert "按人群筛选只在" in page_text(app)


@pytest.mark.usefixtures("leader")
def test_what_a_leader_sees_of_streets_is_what_the_lattice_allows(own: Path, run: Run) -> None:
    study = load_study(own)
    wave, district, age = study.waves[-1].name, study.areas.districts[0], "60岁及以上"
    rate = study.questionnaire.headline("awareness")
    assert rate is not None
    asked = Selection((wave,), "household").asking([rate.name], ("street",)).within(age=age, district=district)
    gathered = gather(study, Selection(mode="household"))
    hidden = lattice(gathered.sample.cells, rate.name, wave, "age", study.suppression)
    secret = {key[2] for key in hidden if key[:2] == (age, district)}
    assert secret
    table = judged(gathered, asked).table.set_index("street")
    assert set(table.index) >= secret
    assert table.loc[sorted(secret), ["estimate", "conf_low", "conf_high"]].isna().all(axis=None)
    shown = page_text(run(own, WEAK_AREAS, age=age))
    assert not any(street in shown for street in study.areas.frame["street"].unique())


def test_every_view_is_logged_once(own: Path, run: Run) -> None:
    app = run(own, sex="女")
    app.run()
    app.selectbox(key="sex").select("男").run()
    views = [one for one in read_lines(own / AUDIT) if one["act"] == Act.VIEW]
    assert [view.get("sex") for view in views] == ["女", "男"]
    assert {view["page"] for view in views} == {"overview"}
    circumstances = {"above", "at", "who", "account", "role", "from", "act", "result", "number", "key", "mac"}
    assert all(set(view) <= circumstances | {"page", "version", "wave", "mode", "sex"} for view in views)
