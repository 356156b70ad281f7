"""Since the last visit: a reload is no visit, and only what the data support is news."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.estimation.estimates import Estimates
from reports.desk import words
from reports.desk.desk import FOLDER
from reports.desk.visits import APART, RARELY, State, acknowledge, news, state_of, visit
from survey.errors import StoreError
from survey.study.plans.rectification import Entry

START = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
TODAY = date(2026, 7, 1)


def judged(**verdicts: tuple[str, float]) -> Estimates:
    """Return verdicts of one rate: district -> verdict, estimate; intervals are ten points wide."""
    rows = [
        {"district": name, "item": "E0", "label": "满意率", "verdict": verdict, "estimate": value,
         "conf_low": value - 0.05, "conf_high": value + 0.05}
        for name, (verdict, value) in verdicts.items()
    ]  # fmt: skip
    table = pd.DataFrame(rows).assign(measure="", n=100, n_eff=90.0, std_error=0.02, df=20, deff=1.1, flag="")
    return Estimates(table, {"by": ("district",)})


def entry(number: int, deadline: date, area: str = "东湖区") -> Entry:
    return Entry(number, area, "E0", "W1", 1, 0.6, 0.8, "城管局", deadline, "整治")


def state(found: Estimates, *, version: int = 1, wave: str = "W1", **more: Any) -> State:
    return state_of((version, wave), found, more.get("entries", ()), more.get("red", ()), TODAY)


def test_a_reload_is_the_same_visit_and_the_next_day_is_another(tmp_path: Path) -> None:
    first = state(judged(东湖区=("观察", 0.75)))
    later = state(judged(东湖区=("确认薄弱", 0.7)), version=2)
    assert visit(tmp_path, "甲", "analyst", first, START) is None
    assert visit(tmp_path, "甲", "analyst", first, START + timedelta(hours=1)) is None
    next_day = START + timedelta(days=1)
    seen = visit(tmp_path, "甲", "analyst", later, next_day)
    assert seen == (START + timedelta(hours=1), first)
    assert visit(tmp_path, "甲", "analyst", later, next_day + APART / 2) == seen
    assert visit(tmp_path, "甲", "leader", later, next_day) is None
    assert visit(tmp_path, "乙", "analyst", later, next_day) is None
    acknowledge(tmp_path, "甲", "analyst")
    again = visit(tmp_path, "甲", "analyst", later, next_day + APART / 2 + timedelta(minutes=1))
    assert again is not None
    assert not news(again, later, judged(东湖区=("确认薄弱", 0.7)), ())


def test_nothing_is_written_while_nothing_changes(tmp_path: Path) -> None:
    one = state(judged(东湖区=("观察", 0.75)))
    visit(tmp_path, "甲", "analyst", one, START)
    (path,) = (tmp_path / FOLDER).glob("*.json")
    before = path.stat().st_mtime_ns
    visit(tmp_path, "甲", "analyst", one, START + RARELY / 2)
    assert path.stat().st_mtime_ns == before


def test_only_verdicts_that_the_data_support_are_news() -> None:
    old = judged(东湖区=("观察", 0.75), 西山区=("观察", 0.75), 南城区=("达标", 0.9), 北关区=("确认薄弱", 0.6))
    new = judged(东湖区=("确认薄弱", 0.7), 西山区=("尚难判断", 0.79), 南城区=("尚难判断", 0.84), 新区=("达标", 0.9))
    found = news((START, state(old)), state(new, version=3), new, ())
    assert [(one.row["district"], one.before) for one in found.turned] == [("东湖区", "观察"), ("南城区", "达标")]
    said = [str(line) for line in words.lines(found, "")]
    assert said == [
        "数据更新了 2 次，现为版本 3",
        "判断变了：东湖区满意率 观察 → 确认薄弱（70%）、南城区满意率 达标 → 尚难判断（84%）",
    ]


def test_between_waves_the_intervals_must_not_overlap() -> None:
    old = judged(东湖区=("观察", 0.75), 西山区=("达标", 0.9))
    new = judged(东湖区=("确认薄弱", 0.70), 西山区=("确认薄弱", 0.6))
    found = news((START, state(old)), state(new, version=2, wave="W2"), new, ())
    assert [one.row["district"] for one in found.turned] == ["西山区"]
    assert "，现在看的是第二轮" in str(next(words.lines(found, "第二轮")))


def test_new_entries_and_overdue_ones_and_red_lights_are_named() -> None:
    table = judged(东湖区=("观察", 0.75))
    old = state(table, entries=[entry(1, date(2026, 7, 9))])
    entries = [entry(1, date(2026, 6, 1)), entry(2, date(2026, 9, 1), "西山区")]
    found = news((START, old), state(table, entries=entries, red=["北关区"]), table, entries)
    assert [str(line) for line in words.lines(found, "")] == [
        "北关区新亮真实性红灯",
        "台账新增 1 条（西山区）",
        "新逾期 1 条（城管局）",
    ]
    assert "上次打开（7 月 1 日" in str(words.lead(found))
    assert not news((START, old), old, table, entries[:1])


def test_a_damaged_state_is_named(tmp_path: Path) -> None:
    one = state(judged(东湖区=("观察", 0.75)))
    visit(tmp_path, "甲", "analyst", one, START)
    (path,) = (tmp_path / FOLDER).glob("*.json")
    path.write_text(path.read_text(encoding="utf-8").replace('"version": 1', '"version": "x"'), encoding="utf-8")
    with pytest.raises(StoreError, match="读不出来"):
        visit(tmp_path, "甲", "analyst", replace(one, version=2), START)
