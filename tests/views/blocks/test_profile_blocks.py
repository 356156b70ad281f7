"""Blocks of a profile: every mark has its place on the axis, nothing suppressed is drawn, no text is obeyed."""

import re

import pandas as pd
import pytest

from analysis.areas.against_target import judge
from views.blocks.axis import floor_of, place, ticks
from views.blocks.profile import AreaLink, action_box, area_list, facts, quotes, section, split_bars
from views.blocks.spine import COLUMNS, spine_chart

EVIL = '<script>alert(1)</script>"&'
NOTHING = float("nan")


def rows(*shares: float, **more: object) -> pd.DataFrame:
    table = pd.DataFrame({"estimate": shares, "n": 400, "flag": "", "std_error": 0.01, "n_eff": 400.0})
    table = table.assign(conf_low=table["estimate"] - 0.02, conf_high=table["estimate"] + 0.02, df_pooled=1e6)
    known = {"city": 0.8, "others_low": 0.7, "others_high": 0.9, "before": 0.6, "label": "满意率", **more}
    return judge(table.assign(n_pooled=400.0, **known), 0.8).assign(item=[f"E{at}" for at in range(len(shares))])


def chart(table: pd.DataFrame, shown: int = 0) -> str:
    return spine_chart([("", table)], {str(item): f"行{item}" for item in table["item"]}, "区县", shown)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.98])
def test_every_mark_has_its_place_on_the_axis(share: float) -> None:
    html = chart(rows(share))
    places = [float(one) for one in re.findall(r"left:([\d.]+)%", html)]
    assert all(0 <= one <= 100 for one in places)
    assert html.count('class="silu-before"') == 2  # in the row and in the legend
    assert f'silu-mark" style="left:{place(share, floor_of(rows(share), *COLUMNS))}' in html


def test_a_row_states_verdict_and_number_and_is_read_as_words() -> None:
    html = chart(rows(0.6))
    assert "▼</span>60%" in html
    assert 'role="img" aria-label="行E0"' in html
    assert "确认薄弱" in html
    assert "其他区县" in html


def test_what_is_missing_is_not_drawn() -> None:
    alone = chart(rows(0.9, before=NOTHING, others_low=NOTHING, others_high=NOTHING))
    assert not [name for name in ("silu-before", "silu-others") if name in alone]
    table = rows(0.65)
    table.loc[0, ["verdict", "reason"]] = ["", "样本过少，不显示"]
    hidden = chart(table)
    assert "65%" not in hidden
    assert "silu-mark" not in hidden


def test_rows_beyond_the_screen_are_for_paper_only() -> None:
    assert chart(rows(0.6, 0.7, 0.8), shown=2).count('<li class="silu-spare"') == 1


TICKS = [(0.55, (0.6, 0.8, 1.0)), (0.1, (0.2, 0.4, 0.6, 0.8, 1.0)), (0.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))]


@pytest.mark.parametrize(("low", "labels"), TICKS)
def test_ticks_are_round_and_end_at_one(low: float, labels: tuple[float, ...]) -> None:
    assert ticks(floor_of(pd.DataFrame({"estimate": [low]}), "estimate")) == labels


def test_split_bars_leave_out_what_is_suppressed() -> None:
    table = pd.DataFrame(
        {"label": ["停车", "路灯"], "unhappy": [0.3, NOTHING], "unknown": [0.1, NOTHING], "unit": ["城管", "市政"]}
    ).assign(problem=["unhappy", ""])
    html = split_bars(table)
    assert "停车" in html
    assert "路灯" not in html
    assert "30%" in html
    assert [float(one) for one in re.findall(r"width:([\d.]+)%", html)] == [30.0]
    both = split_bars(table.assign(problem=["", ""]))
    assert [float(one) for one in re.findall(r"width:([\d.]+)%", both)] == [30.0, 10.0]
    assert split_bars(table.tail(1)) == ""


def test_the_button_is_there_only_with_an_address() -> None:
    assert "去立项" in action_box([("下一步", "等待立项")], (), ("去立项", "ledger"), urgent=True)
    quiet = action_box([("责任单位", ""), ("下一步", "没有在办")], (), ("去立项", ""), urgent=False)
    assert "去立项" not in quiet
    assert "责任单位" not in quiet


def test_foreign_texts_are_shown_as_they_are() -> None:
    split = pd.DataFrame({"label": [EVIL], "unhappy": [0.3], "unknown": [0.1], "problem": "unhappy", "unit": [EVIL]})
    every = [
        spine_chart([(EVIL, rows(0.6, label=EVIL))], {"E0": EVIL}, "区县"),
        split_bars(split),
        facts([(EVIL, EVIL)]),
        quotes([(EVIL, EVIL)], EVIL, of_city=True),
        area_list([AreaLink(EVIL, "观察", EVIL, "area")]),
        action_box([(EVIL, EVIL)], [EVIL], urgent=True),
        section(EVIL, "x"),
    ]
    assert not [one for one in every if "<script" in one or 'alert(1)</script>"' in one]
    assert all("&lt;script&gt;" in one for one in every)
