"""The notice states the configured retention periods, and a written sentence cannot contradict them."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import main
from survey.collect.form.notice import notice
from survey.collect.form.retention_clause import periods_in, retention_clause
from survey.collect.settings import CollectSettings, collect_settings
from survey.errors import StudyError
from survey.study.retention import Retention
from tests.survey.collect.town import make_town

PERIODS = st.builds(
    lambda contacts, days: Retention(contacts, *sorted(days)),
    st.integers(30, 90),
    st.tuples(*[st.integers(90, 36_500)] * 3),
)


@given(PERIODS, st.booleans())
def test_the_sentence_that_is_made_names_the_periods_and_passes_the_check(table: Retention, paper: bool) -> None:
    made = retention_clause("", table, paper=paper)
    named = {(least, most) for _, least, most in periods_in(made)}
    assert (table.answers, table.answers) in named
    assert paper or (table.contacts, table.contacts) in named
    assert table.texts == table.answers or (table.texts, table.texts) in named
    assert retention_clause(made, table) == made


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("保存两年", [("两年", 730, 730)]),
        ("保存 2 年，摘要保存九十天", [("2 年", 730, 730), ("九十天", 90, 90)]),
        ("保存二十四个月", [("二十四个月", 672, 744)]),
        ("保存半年", [("半年", 182, 183)]),
        ("保存两年半", [("两年半", 912, 913)]),
        ("保存一百二十天", [("一百二十天", 120, 120)]),
        ("２０２８年３月１日前，未满14周岁", []),
        ("保存12周", [("12周", 84, 84)]),
    ],
)
def test_periods_are_read_as_people_write_them(written: str, named: list[tuple[str, int, int]]) -> None:
    assert periods_in(written) == named


@pytest.mark.parametrize(
    "written", ["保存三年", "保存两年，摘要保存一年", "按规定保存", "保存 90 天", "2029年12月31日删除"]
)
def test_a_sentence_that_promises_something_else_is_refused_with_the_right_one(written: str) -> None:
    with pytest.raises(StudyError, match="不一致") as refused:
        retention_clause(written, Retention())
    assert retention_clause("", Retention()) in str(refused.value)


def test_the_form_and_the_paper_state_the_periods(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town")
    form, paper = (dict(notice(study, CollectSettings(), paper=paper))["保存多久"] for paper in (False, True))
    assert "保存两年，到期删除" in form
    assert "摘要、邀请码保存 90 天" in form
    assert "网络地址" not in paper
    assert form.endswith("汇总数字。")


def test_a_form_with_another_promise_does_not_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = make_town(tmp_path / "town", 'retention = "去标识化的答卷保存五年"')
    assert collect_settings(study).retention, "draining goes on all the same"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert main(["collect", str(study.root), "--port", str(port)]) == 2
    assert "知情说明里写的保存期和 [retention] 的天数不一致" in capsys.readouterr().err
