"""The table behind a chart holds what the chart shows, by name, and nothing that it hides."""

import pandas as pd

from analysis.areas.against_target import judge
from tests.views.charts.test_charts import CAPTION, DISTRICTS, all_charts, estimates
from views.charts.arrivals import by_hour, drop_out
from views.charts.dots import Axis, dots
from views.charts.heat import heat
from views.charts.parts.numbers import numbers
from views.charts.ranked import ranked


def test_a_row_for_each_mark_with_interval_verdict_and_words() -> None:
    table = judge(estimates(8).assign(district=DISTRICTS), 0.8)
    behind = numbers(ranked(table, "district", CAPTION))
    assert list(behind.columns) == ["项目", "类别", "数值（%）", "下限（%）", "上限（%）", "图上的文字"]
    rows = behind.set_index("项目")
    for one in table.to_dict("records"):
        row = rows.loc[one["district"]]
        assert row["数值（%）"] == round(100 * one["estimate"], 1)
        assert row["下限（%）"] == round(100 * one["conf_low"], 1)
        assert row["上限（%）"] == round(100 * one["conf_high"], 1)
        assert row["类别"] == one["verdict"]
        assert row["图上的文字"].startswith(f"{row['数值（%）']:.1f}%（")


def test_what_a_chart_hides_has_no_number() -> None:
    table = estimates(8).assign(district=DISTRICTS)
    table.loc[2, "flag"] = "suppressed"
    table.loc[2, ["estimate", "conf_low", "conf_high"]] = 0.123456
    behind = numbers(ranked(judge(table, 0.8), "district", CAPTION)).set_index("项目")
    assert behind.loc[DISTRICTS[2]].drop("图上的文字").replace("", None).isna().all()
    assert "—" in behind.loc[DISTRICTS[2], "图上的文字"]
    cells = numbers(heat(judge(table.assign(label="满意率"), 0.8), "district", "label", CAPTION, 0.1))
    for shown in (behind.to_csv(), cells.to_csv()):
        assert "12.3" not in shown
        assert "0.12" not in shown


def test_a_grid_names_row_and_column_and_a_split_its_sides() -> None:
    charts = all_charts()
    cells = numbers(charts["heat"])
    assert set(cells["项目"]) == set(DISTRICTS)
    assert set(cells["类别"]) == set("0123")
    assert len(cells) == 32
    assert cells["图上的文字"].str.contains("%").all()
    sides = numbers(charts["split"])
    assert sides[["项目", "类别"]].apply(tuple, axis=1).tolist() == [
        ("停车", "不满意"),
        ("物业", "不满意"),
        ("停车", "不了解"),
        ("物业", "不了解"),
    ]
    assert set(sides["图上的文字"]) == {"转：城市管理部门", "宣传"}


def test_counts_stay_counts() -> None:
    rows = {"label": ["甲"], "value": [1234.0], "low": [None], "high": [None], "kind": "plain", "text": "1,234 人"}
    behind = numbers(dots(pd.DataFrame(rows), CAPTION, Axis(",.0f"), {}))
    assert behind.to_dict("records") == [{"项目": "甲", "数值": 1234.0, "图上的文字": "1,234 人"}]


def test_hours_and_bars_are_named() -> None:
    hours = pd.DataFrame({"hour": pd.date_range("2026-01-01 08:00", periods=2, freq="h"), "answers": [1, 2]})
    assert numbers(by_hour(hours, CAPTION, page_width=1180)).to_numpy().tolist() == [
        ["2026-01-01 08:00", 1.0],
        ["2026-01-01 09:00", 2.0],
    ]
    steps = pd.DataFrame({"question": ["A1"], "label": ["甲"], "reached": [10], "left": [2]})
    bars = numbers(drop_out(steps, CAPTION, page_width=1180))
    assert bars[["类别", "数值"]].to_numpy().tolist() == [["继续", 8.0], ["停在这里", 2.0]]
