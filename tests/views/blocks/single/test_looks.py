"""Small pictures of weaknesses: one scale, the outcome said once, suppressed waves left out, no foreign markup."""

import re

import pandas as pd
import pytest

from reports.sentences.change import Pursuit
from reports.sentences.sentence import rows_of, say
from views.blocks.html import text
from views.blocks.single.looks import Look, look_cards

EVIL = "<script>alert(1)</script>"
NAN = float("nan")


def look(outcome: str = "看不出变化", shares: tuple[float, ...] = (0.6, 0.7), target: float = 0.8) -> Look:
    table = pd.DataFrame({"district": [EVIL], "item": ["E0"], "label": ["满意率"], "outcome": [outcome]})
    met = outcome == "已补上"
    table = table.assign(then=shares[0], now=shares[-1], target=target, verdict_now="达标" if met else "观察")
    table = table.assign(reason_now="")
    waves = pd.DataFrame({"wave": [f"W{at}" for at in range(len(shares))], "estimate": shares})
    waves = waves.assign(conf_low=waves["estimate"] - 0.05, conf_high=waves["estimate"] + 0.05)
    row = rows_of(table, table, "district", "item")[0]
    who = Pursuit((f"城管{EVIL}",), say("超期，请督办"))
    return Look(row, waves, "差 10 个百分点", pursuit=who)


def test_a_card_says_the_verdict_and_no_card_that_nothing_can_be_seen() -> None:
    html = look_cards([look(), look("已补上", (0.7, 0.9))], {"W0": "2026-06", "W1": "2026-09"})
    assert "看不出变化" not in html
    assert html.count("观察") == 1
    assert html.count("■</span>已补上") == 1
    assert "<b>70%</b>" in html
    assert "上轮 70%" in html  # of the second card; the picture of the first one has its numbers
    assert html.count("silu-first") == 1
    assert "silu-rows" not in html
    assert "看台账" not in html
    first = look_cards([look()], {})
    assert "城管" not in first  # the line below the headline says who goes on with it
    assert all(word in html for word in ("<b>城管", "超期"))
    assert "2026-09" in html
    assert EVIL not in html


def test_further_weaknesses_are_lines_and_only_the_first_card_leads_to_the_ledger() -> None:
    html = look_cards([look()] * 4 + [look("已补上", (0.7, 0.9))], {}, "ledger?wave=W2")
    assert html.count("silu-plot") == 3
    assert html.count('href="ledger?wave=W2"') == 1
    table = html.partition('<table class="silu-rows"')[2]
    assert table.count('<td data-head="本轮判断">') == 2
    assert text("差 10 个百分点") in table
    assert "70% → <b>90%</b>" in table
    assert EVIL not in html


@pytest.mark.parametrize("shares", [(0.0, 1.0), (0.5,), (0.6, NAN, 0.7), (NAN, NAN)])
def test_marks_stay_in_the_picture(shares: tuple[float, ...]) -> None:
    html = look_cards([look(shares=shares)], {})
    places = [float(one) for one in re.findall(r"(?:left|bottom|height):(-?[\d.]+)%", html)]
    assert all(0 <= one <= 100 for one in places)
    assert html.count("silu-point") == sum(pd.notna(one) for one in shares)
