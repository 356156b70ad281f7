"""The page list depends on the role; the address of a page of another role redirects with a message."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from survey.host import access, environment
from tests.views.page_words import Run, page_text
from views.shell.pages_by_role import OF_ACCOUNTS, offered
from views.shell.shell import elsewhere, pages

APP = Path(__file__).parents[3] / "app.py"
RESULTS = ["总览", "薄弱区域", "区域档案", "趋势与回头看"]
READ, ACT = [*RESULTS, "市民留言"], ["宣传规划", "整改台账", "简报"]


@pytest.mark.parametrize(
    ("role", "titles"),
    [
        ("leader", [*RESULTS, "达标预测", "简报"]),
        ("publicity", [*READ, "达标预测", *ACT]),
        ("unit", [*RESULTS, "整改台账", "简报"]),
        (
            "analyst",
            [
                *RESULTS,
                "市民留言",
                "达标预测",
                "样本设计",
                "交叉分析",
                "专家分析",
                "宣传规划",
                "整改台账",
                "简报",
                "数据质量",
                "数据导入",
                "实时回收",
            ],
        ),
        ("mayor", ["总览"]),
    ],
)
def test_the_bar_lists_the_pages_of_the_role(
    role: str, titles: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[str] = []

    def navigation(sections: Mapping[str, list[Any]], **_: Any) -> SimpleNamespace:
        listed.extend(page.title for rows in sections.values() for page in rows)
        return SimpleNamespace(run=lambda: None, title="总览")

    monkeypatch.setattr(st, "navigation", navigation)
    monkeypatch.setenv(access.VARIABLE, role)
    monkeypatch.setenv(environment.STUDY, str(tmp_path))
    AppTest.from_file(str(APP), default_timeout=60).run()
    assert listed == titles


def test_an_analyst_is_offered_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(access.VARIABLE, raising=False)
    assert all(map(offered, pages() - set(OF_ACCOUNTS)))
    assert not any(map(offered, OF_ACCOUNTS))  # nobody has logged in


def test_the_address_of_a_page_that_is_not_offered_leads_to_the_overview(
    city: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert elsewhere("/imports", "") is None
    monkeypatch.setenv(access.VARIABLE, "leader")
    assert elsewhere("/imports", "") == "./?nopage=imports"
    assert elsewhere("/passing", "") is None
    assert "“imports”这一页只对分析员等岗位开放" in page_text(run(city, nopage="imports"))


def test_the_page_reports_an_unknown_role(city: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.VARIABLE, "mayor")
    assert "不认识的角色" in page_text(run(city))
