"""What is kept too long is said where people work, and pages stay open when the answers of a wave are gone."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from reports.retention.deletion import delete_due
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from tests.variants import slow_but
from tests.views.page_words import Run, page_text
from views.panels import alarms

PAGES = (
    "overview",
    "weak_areas",
    "expert",
    "change",
    "passing",
    "quality",
    "imports",
    "voices",
    "ledger",
    "outreach",
    "planning",
)
LATE = "保存期已满、还没有删除：W1 联系信息"


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    alarms._kept_too_long.clear()
    monkeypatch.setattr(alarms, "overdue", lambda study: LATE)


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize("page", ["views/pages/quality.py", "views/pages/imports.py"])
def test_quality_and_import_say_what_is_overdue_and_how_to_delete_it(city: Path, run: Run, page: str) -> None:
    said = page_text(run(city, page))
    assert LATE in said
    assert "silu purge 调查文件夹 --dry-run" in said


def without(city: Path, folder: Path, waves: int) -> Path:
    """A copy of the city in which the answers of the first so many waves are gone."""
    root = folder / "city"
    shutil.copytree(city, root)
    study = load_study(root)
    ends = sorted(wave.end for wave in study.waves)
    today = date(ends[waves - 1].year + 2, ends[waves - 1].month, ends[waves - 1].day) + timedelta(days=1)
    delete_due(study, who="李四", why="到期", today=today)
    return root


@pytest.fixture(scope="module")
def one_left(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return without(city, tmp_path_factory.mktemp("one"), -1)


@pytest.fixture(scope="module")
def none_left(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = without(city, tmp_path_factory.mktemp("none"), 0)
    assert ResponseStore(root / "store").read().num_rows == 0
    return root


@pytest.mark.parametrize("page", slow_but(["overview", "change", "voices", "ledger"], PAGES))
def test_every_page_opens_when_the_answers_of_an_earlier_wave_are_gone(one_left: Path, run: Run, page: str) -> None:
    assert page_text(run(one_left, f"views/pages/{page}.py"))


@pytest.mark.parametrize("page", slow_but(["overview", "quality", "imports", "voices"], PAGES))
def test_every_page_opens_when_all_answers_are_gone(none_left: Path, run: Run, page: str) -> None:
    assert page_text(run(none_left, f"views/pages/{page}.py"))


def test_the_trend_shows_what_was_kept_and_does_not_call_a_later_wave_the_first(one_left: Path, run: Run) -> None:
    app = run(one_left, "views/pages/change.py")
    said = page_text(app)
    assert "前一轮的答卷保存期已满，已经删除" in said
    assert "这是第一轮" not in said
    assert "取自答卷删除前保存的汇总表" in said
    table = next(frame.value for frame in app.dataframe if "95% 区间" in frame.value)
    assert set(table["指标"]) == {"知晓率", "支持率", "参与率", "满意率"}
    assert table["比例"].str.endswith("%").all()


def test_where_all_answers_are_gone_the_page_leads_to_the_tables(none_left: Path, run: Run) -> None:
    said = page_text(run(none_left, "views/pages/overview.py"))
    assert "答卷的保存期已满，已全部删除" in said
    assert "summaries" in said
