"""Cards of problems: what, where, who, what to do; lights in their own colours, never in those of verdicts."""

import pandas as pd
import pytest

from analysis.integrity.combine import Light
from analysis.integrity.lights import AreaLight
from analysis.integrity.report import Integrity
from reports.fieldwork.concerns import Charge, concerns
from reports.fieldwork.integrity import KINDS
from reports.sentences.sentence import say
from views.blocks.html import text
from views.blocks.single.lights import MOST, concern_cards, light_counts
from views.charts import dots
from views.shell import palette

EVIL = "<script>alert(1)</script>"
BY = Charge("市创建办", say("月底前"))
LIGHTS = {"甲区": AreaLight(Light.RED, 360, 72, 8), "乙区": AreaLight(Light.AMBER, 360, 18, 5)}


def units(*rows: tuple[str, str, Light, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["name", "district", "light", "signals"])
    return table.assign(unit=table["name"], n=72, light=table["light"].map(str))


def found(people: pd.DataFrame, places: pd.DataFrame) -> Integrity:
    return Integrity(people, places, pd.DataFrame(), {})


def test_a_card_says_what_where_who_and_what_to_do() -> None:
    people = units((EVIL, "甲区", Light.RED, "misfit,loose,uneven"), ("乙-02", "乙区", Light.AMBER, "misfit"))
    some = concerns(found(people, units(("丙社区", "乙区", Light.RED, ""))), LIGHTS, BY)
    assert [one.light for one in some] == [Light.RED, Light.RED, Light.AMBER]
    assert some[0].step.text == "月底前在甲区复访 8 份，之前甲区不排名"
    assert some[1].step.text == "月底前在乙区复访 5 份"
    assert some[1].what.text == "多项信号合起来不像偶然"
    assert some[2].step.text.startswith("月底前排除正常解释：")
    html = concern_cards(some)
    assert html.count("◆</span> 红灯") == 2
    assert html.count("▲</span> 黄灯") == 1
    assert "市创建办派独立人员，不能是原访问员" in html
    assert EVIL not in html


def test_a_unit_of_an_unknown_district_is_still_to_be_visited() -> None:
    (one,) = concerns(found(units(("甲-01", "没有的区", Light.RED, "misfit")), units()), LIGHTS, BY)
    assert one.step.text == "月底前复访这些答卷，之前不用来下结论"


@pytest.mark.parametrize("number", [0, 1, MOST, MOST + 3])
def test_cards_beyond_the_sixth_are_counted(number: int) -> None:
    people = units(*[(f"甲-{at:02d}", "甲区", Light.RED, "misfit") for at in range(number)])
    html = concern_cards(concerns(found(people, units()), LIGHTS, BY))
    assert html.count("<dl>") == min(number, MOST)
    assert (text("另有 3 项") in html) == (number > MOST)
    assert ("可以照常使用" in html) == (number == 0)


def test_lights_are_counted_with_their_shapes() -> None:
    html = light_counts(
        {"interviewer": units(("a", "甲区", Light.RED, "")), "area": units(("b", "甲区", Light.GREEN, ""))}
    )
    assert "◆</span> 红灯</span> <b>1</b>" in html
    assert "●</span> 绿灯</span> <b>1</b>" in html
    assert "▲</span> 黄灯</span> <b>0</b>" in html


def test_lights_have_no_colour_of_a_verdict() -> None:
    colours = {dots.KINDS[kind][0] for kind in KINDS.values()}
    assert colours == {palette.LIGHT_RED, palette.LIGHT_AMBER, palette.LIGHT_GREEN}
    assert not colours & {palette.WEAK, palette.STRONG, palette.NEUTRAL, palette.WEAK_DARK}
