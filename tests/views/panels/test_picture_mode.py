"""Picture mode and the links of every page."""

import html
import json
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest

from tests.views.page_words import Run, bodies, figures, words
from views.charts.dots import Axis, dots
from views.charts.parts.frame import Caption
from views.charts.parts.numbers import numbers
from views.panels.chart_numbers import file_of, words_of
from views.visitor.downloads import deferred

CHANGE = "views/pages/change.py"


def test_a_page_in_picture_mode_bears_one_badge_and_larger_charts(city: Path, run: Run) -> None:
    app = run(city, CHANGE, shot="16x9", sex="女", charts="true")
    shown = [body for body in bodies(app) if "<style>" not in body]
    assert sum("silu-badge" in body for body in shown) == 1
    assert "silu-end" in shown[-1]
    drawn = figures(app)
    assert drawn
    assert not [figure for figure in drawn if "模拟数据" in [note["text"] for note in figure["layout"]["annotations"]]]
    ordinary = figures(run(city, CHANGE, sex="女", charts="true"))
    assert [words(one).replace("模拟数据", "") for one in ordinary] == [
        words(one).replace("模拟数据", "") for one in drawn
    ]
    assert drawn[0]["layout"]["height"] > ordinary[0]["layout"]["height"] * 1.3


def test_the_links_keep_filters_and_choices_of_the_page(city: Path, run: Run) -> None:
    (links,) = [
        html.unescape(body)
        for body in bodies(run(city, CHANGE, sex="女", measure="参与率", charts="true"))
        if "<style>" not in body and "截图模式" in body
    ]
    chosen = f"charts=true&measure={quote('参与率')}&sex={quote('女')}"
    assert f'href="?{chosen}&shot=16x9"' in links
    assert f'href="_silu/picture/change?{chosen}&shot=a4"' in links
    assert f'<code class="silu-link">?{chosen}</code>' in links


def test_the_table_of_a_chart_says_where_it_comes_from_and_obeys_no_formula(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SILU_STUDY", str(tmp_path))
    caption = Caption("=1+1", "满意率", "n=300；入户面访", mock=True)
    rows = {"label": ["@区"], "value": [0.7], "low": [0.6], "high": [0.8], "kind": "plain", "text": "70%"}
    picture = dots(pd.DataFrame(rows), caption, Axis(), {})
    make = deferred(file_of(numbers(picture), words_of(picture)), {"numbers": "dots"})
    content = make().decode("utf-8-sig")
    assert content.split("\r\n") == [
        "项目,数值（%）,下限（%）,上限（%）,图上的文字", "'@区,70.0,60.0,80.0,70%", "",
        '"模拟数据"', '"\'=1+1"', '"满意率"', '"n=300；入户面访"', "",
    ]  # fmt: skip
    (line,) = (tmp_path / "log" / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["numbers"] == "dots"


def test_the_numbers_behind_blocks_have_a_button_each(city: Path, run: Run) -> None:
    app = run(city, "views/pages/overview.py")
    labels = [one.proto.popover.label for one in app.get("popover")]
    assert [label for label in labels if label.startswith("看数字")] == ["看数字：四率", "看数字：各区县"]
    tables = [body for body in bodies(app) if body.startswith('<div class="silu-behind"')]
    assert len(tables) == 2
    assert all("比例（%）" in table for table in tables)
