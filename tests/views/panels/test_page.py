"""The switch for excluded responses on every page, and the form that excludes them."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from accounts.verbs import Verb
from survey.quality.exclusions import FILE, Decisions
from survey.storage.store import ResponseStore
from tests.variants import slow_but
from tests.views.page_words import Run, block, cards, page_text, seen
from views.shell import pages_by_role
from views.shell.navigation import PAGES

FOLDER = "views/pages"
QUALITY = f"{FOLDER}/quality.py"
RESULTS = [file for pages in PAGES.values() for file, _, _ in pages if file not in ("imports.py", "live.py")]


@pytest.fixture(scope="module")
def group(city: Path) -> tuple[str, list[str]]:
    """An interviewer of the second wave and the ids of the interviews."""
    rows = ResponseStore(city / "store").read(["response_id", "interviewer"], waves=["W2"]).to_pandas()
    name = str(rows["interviewer"].dropna().iloc[0])
    return name, rows.loc[rows["interviewer"] == name, "response_id"].tolist()


@pytest.fixture(scope="module")
def decided(city: Path, group: tuple[str, list[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("decided") / "city"
    shutil.copytree(city, root)
    Decisions(root / FILE).exclude(group[1], wave="W2", who="张三", why="复访核实", grounds=group[0])
    return root


@pytest.mark.parametrize("file", slow_but(["overview.py", "weak_areas.py", "ledger.py", "voices.py"], RESULTS))
def test_every_page_follows_the_switch(file: str, decided: Path, group: tuple[str, list[str]], run: Run) -> None:
    app = run(decided, f"{FOLDER}/{file}", without="true")
    assert f"已剔除 {len(group[1])} 份" in page_text(app)
    assert app.toggle(key="without").value is True


def test_the_figures_change_and_state_the_exclusions(decided: Path, group: tuple[str, list[str]], run: Run) -> None:
    whole, less = (block(run(decided, "", **query), "strip") for query in ({}, {"without": "true"}))
    assert f"未剔除（{len(group[1])} 份已决定剔除的仍计入）" in whole
    assert f"已剔除 {len(group[1])} 份" in less
    counts = [int(re.findall(r"共 ([\d,]+) 份答卷", text)[0].replace(",", "")) for text in (whole, less)]
    assert counts[0] - counts[1] == len(group[1])


def test_the_choice_outlives_the_page(decided: Path, run: Run) -> None:
    app = run(decided)
    app.toggle(key="without").set_value(True).run()
    app.switch_page(f"{FOLDER}/weak_areas.py")
    app.run()
    assert "已剔除" in page_text(app)


def test_no_switch_where_nothing_is_left_out(city: Path, run: Run) -> None:
    app = run(city, "", without="true")
    assert not app.toggle
    assert "剔除" not in app.markdown[0].value


def filled(app: AppTest, how: str, what: str, why: str = "复访核实") -> AppTest:
    app.selectbox(key="exclude.how").select(how).run()
    app.text_area(key=f"exclude.{how}").set_value(what)
    app.text_input(key="exclude.who").set_value("李四")
    app.text_input(key="exclude.why").set_value(why)
    return app.run()


def log_of(app: AppTest) -> pd.DataFrame:
    """Return the log of decisions on a page."""
    (table,) = [one.value for one in app.dataframe if "经办人" in one.value]
    return table


def test_an_analyst_excludes_and_restores_on_the_page(
    city: Path, group: tuple[str, list[str]], tmp_path: Path, run: Run
) -> None:
    root = tmp_path / "city"
    shutil.copytree(city, root)
    app = filled(run(root, QUALITY), "某位访问员的全部答卷", group[0])
    app.button(key="exclude.exclude").click().run()
    assert not app.exception
    assert f"剔除 {len(group[1])} 份" in seen(app.success[0].value)
    made = Decisions(root / FILE).history()[-1]
    assert (made.who, made.why, made.grounds, made.responses) == ("李四", "复访核实", group[0], tuple(sorted(group[1])))
    assert "李四" in log_of(app)["经办人"].tolist()
    one = group[1][0]
    app = filled(app, "答卷编号", one, "本人确认")
    app.button(key="exclude.restore").click().run()
    assert Decisions(root / FILE).excluded("W2") == set(group[1]) - {one}
    assert one not in page_text(app) + str(log_of(app).to_dict())


def test_a_reason_is_required_and_strangers_are_refused(city: Path, run: Run) -> None:
    app = filled(run(city, QUALITY), "某个社区的全部答卷", "123", why="")
    assert app.button(key="exclude.exclude").disabled
    app = filled(app, "某个社区的全部答卷", "123")
    app.button(key="exclude.exclude").click().run()
    assert "没有这样的答卷" in app.error[0].value
    assert not (city / FILE).exists()


def test_nobody_is_excluded_by_an_answer(city: Path, run: Run) -> None:
    app = run(city, QUALITY)
    assert app.selectbox(key="exclude.how").options == [
        "某项检查标记的答卷",
        "答卷编号",
        "某位访问员的全部答卷",
        "某个社区的全部答卷",
    ]
    assert "同一来源" not in " ".join(app.selectbox(key="exclude.check").options)


def test_others_see_the_log_alone(decided: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SILU_ROLE", "leader")
    # A leader is not offered the page; were one to, nothing could be done.
    monkeypatch.setattr(pages_by_role, "NEEDS", {**pages_by_role.NEEDS, "quality": Verb.READ})
    app = run(decided, QUALITY)
    assert not [button for button in app.button if str(button.key).startswith(("exclude", "publish"))]
    assert log_of(app)["经办人"].tolist() == ["张三"]


@pytest.mark.parametrize("file", ["quality.py", "imports.py"])
def test_pages_with_single_answers_warn_that_the_dashboard_is_open_to_the_network(
    file: str, city: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = "看板没有加密就对局域网开放"
    assert notice not in page_text(run(city, f"{FOLDER}/{file}"))
    monkeypatch.setenv("SILU_INSECURE_LAN", "1")
    assert notice in page_text(run(city, f"{FOLDER}/{file}"))


def test_a_page_that_cannot_be_logged_is_not_shown_to_a_leader(
    city: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "city"
    shutil.copytree(city, root, ignore=shutil.ignore_patterns("log"))
    (root / "log").write_text("in the way", encoding="utf-8")
    assert cards(run(root))
    monkeypatch.setenv("SILU_ROLE", "leader")
    app = run(root)
    assert "查看记录写不进，不能向领导显示" in app.error[0].value
    assert not cards(app)
    (root / "log").unlink()
    app.run()
    assert cards(app)
