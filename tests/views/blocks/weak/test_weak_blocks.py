"""Blocks of 薄弱区域: cards, heat table and watched rows for one district and for sixty, and foreign texts."""

import re
from collections.abc import Sequence

import pandas as pd
import pytest

from analysis.areas.against_target import judge
from analysis.integrity.lights import MARK
from views.blocks.bars import item_bar, range_bar
from views.blocks.html import text
from views.blocks.weak.confirmed import ConfirmedCard, Item, confirmed_cards
from views.blocks.weak.heat_table import heat_table
from views.blocks.weak.watched import WatchedRow, fold, watched_rows

EVIL = '<script>alert(1)</script>"&'
ROW = {"estimate": 0.7, "conf_low": 0.63, "conf_high": 0.76, "line": 0.8, "verdict": "确认薄弱", "reason": ""}


def judged(areas: Sequence[str], shares: Sequence[float], label: str = "满意率") -> pd.DataFrame:
    table = pd.DataFrame({"district": areas, "label": label, "estimate": shares, "n": 1400, "flag": ""})
    table = table.assign(conf_low=table["estimate"] - 0.02, conf_high=table["estimate"] + 0.02, df_pooled=1e6)
    return judge(table.assign(std_error=0.01, n_eff=1400.0, n_pooled=1400.0), 0.8)


def drawn(table: pd.DataFrame, address: str = "area?district=") -> str:
    return heat_table(table, "district", lambda area: f"{address}{area}", lambda areas: f"其余 {len(areas)} 个")


def card(text: str = "停车", items: int = 3) -> ConfirmedCard:
    every = [Item(text, "46%", 0.46, 0.8)] * items
    more = {"items_title": text, "items": every, "where_title": text, "where": [text]}
    return ConfirmedCard(ROW, text, "area", text, "70%", text, text, **more, units=text, state=text, action=text)  # type: ignore[arg-type]


def test_a_cell_states_rate_interval_n_and_verdict_and_opens_its_area() -> None:
    html = drawn(judged(["甲区", "乙区"], [0.5, 0.9]))
    words = "甲区 满意率 50%（48%—52%），n=1,400，确认薄弱，没到的可能 &gt;99%"
    assert f'class="silu-cell silu-weak" title="{words}" aria-label="{words}" href="area?district=甲区"' in html
    assert re.findall(r'<th scope="row"><a href="[^"]+">(.+?)</a>', html) == ["甲区", "乙区"]
    assert '<th scope="col">满意率<small>目标 80%</small></th>' in html
    assert "<li>" in html.partition('class="silu-legend"')[2]


def test_only_a_number_that_agrees_with_its_verdict_is_shown_at_once() -> None:
    table = judged(["甲区", "乙区", "丙区", "丁区"], [0.7, 0.78, 0.81, 0.85])
    table["verdict"] = ["确认薄弱", "观察", "观察", "达标"]
    html = drawn(table)
    assert re.findall(r"<span>(\d+%)</span>", html) == ["70%", "78%"]
    assert re.findall(r'<span class="silu-digits">(\d+%)</span>', html) == ["81%", "85%"]
    assert html.count("显示全部数字") == 1


def test_a_red_and_a_hidden_area_have_no_mark_and_stand_last() -> None:
    table = judged([f"甲区{MARK}", "乙区", "丙区"], [0.9, 0.9, 0.5])
    table.loc[0, ["verdict", "reason", "prob_below"]] = ["", "待复访", float("nan")]
    table.loc[1, ["verdict", "reason"]] = ["", "样本过少，不显示"]
    html = drawn(table)
    shown = re.findall(r'class="silu-cell ([^"]+)"[^>]*aria-label="(.+?)"[^>]*>(.*?)</a>', html)
    assert shown[0][0] == "silu-weak"
    assert {(kind, said) for kind, said, _ in shown[1:]} == {
        ("silu-none", "乙区 满意率：样本过少，不显示"),
        ("silu-none", "甲区 满意率 90%（88%—92%），n=1,400，待复访"),
    }
    sign = '<span aria-hidden="true">※</span>'
    assert {inside for *_, inside in shown[1:]} == {"<span>—</span>", f'{sign} <span class="silu-digits">90%</span>'}


@pytest.mark.parametrize(("number", "above"), [(1, 1), (10, 10), (11, 8), (60, 8)])
def test_many_areas_are_folded_and_none_is_lost(number: int, above: int) -> None:
    names = [f"十二个字的名称第{at:03d}号区" for at in range(number)]
    html = drawn(judged(names, [0.5 + 0.004 * at for at in range(number)]))
    first, _, rest = html.partition('<details class="silu-fold"><summary>其余')
    assert first.count('<th scope="row">') == above
    assert rest.count('<th scope="row">') == number - above
    assert (f" {number - above}\u00a0个" in rest) == (number > above)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_one_card_has_bars_and_several_have_lines(number: int) -> None:
    html = confirmed_cards([card()] * number, "另有 2 项", ["知晓率：甲区、乙区"])
    assert html.count("<article") == number
    assert ("silu-share" in html) == (number == 1)
    assert ("停车 46%、停车 46%" in html) == (number > 1)
    assert "知晓率：甲区、乙区" in html
    assert html.count('class="silu-button"') == number
    assert confirmed_cards([]) == ""


def test_a_card_without_causes_ledger_or_page_of_the_area_stays_whole() -> None:
    bare = ConfirmedCard(ROW, "甲区", "", "满意率", "70%", "离目标差", "区间", state="还没立项")
    html = confirmed_cards([bare])
    assert "<b>甲区</b>" in html
    assert "<a " not in html
    assert "silu-items" not in html
    assert "还没立项" in html


def test_bars_stay_on_their_axis_and_need_no_target() -> None:
    places = [float(one) for one in re.findall(r"(?:left|width):([\d.]+)%", range_bar(ROW, 0.5) + item_bar(0.46, 0.8))]
    assert all(0 <= one <= 100 for one in places)
    assert "silu-low" in item_bar(0.46, 0.8)
    assert "silu-low" not in item_bar(0.9, 0.8)
    bare = item_bar(0.46, float("nan"))
    assert "silu-line" not in bare
    assert "silu-low" not in bare


def test_watched_rows_and_folds() -> None:
    row = WatchedRow("观察", "甲区", "area", "满意率", "75%", "差 5 个百分点", "城管", "再访约 900 份可以判断")
    html = watched_rows([row], "没有")
    assert text("差 5 个百分点 · 城管") in html
    assert watched_rows([], "没有") == '<p class="silu-nothing">没有</p>'
    assert fold("", ["甲"]) == ""
    assert f"<summary>{text('另有 2 项')}</summary><p>甲</p>" in fold("另有 2 项", ["甲"])


def test_foreign_texts_are_shown_as_they_are() -> None:
    table = judged([EVIL], [0.5], EVIL)
    every = [
        heat_table(table, "district", lambda area: "area", lambda areas: EVIL),
        confirmed_cards([card(EVIL)], EVIL, [EVIL]),
        confirmed_cards([card(EVIL)] * 2),
        watched_rows([WatchedRow("观察", *[EVIL] * 7)], EVIL).replace(f'href="{EVIL}"', ""),
        watched_rows([], EVIL),
        fold(EVIL, [EVIL]),
    ]
    assert not [one for one in every if "<script" in one or 'alert(1)</script>"' in one]
    assert all("&lt;script&gt;" in one for one in every)
