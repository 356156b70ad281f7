"""Sentences on red lights."""

import pandas as pd

from analysis.integrity.combine import Light
from reports.sentences import fieldwork


def units(*lights: Light) -> pd.DataFrame:
    rows = [(f"u{at}", f"访问员{at}", str(light)) for at, light in enumerate(lights)]
    return pd.DataFrame(rows, columns=["unit", "name", "light"])


def test_red_units_are_counted_by_kind() -> None:
    red, green = units(Light.RED, Light.RED, Light.GREEN), units(Light.GREEN)
    assert fieldwork.lights({"interviewer": red, "area": red[:1]}).text.startswith("2 名访问员、1 个社区的答卷与同区")
    assert fieldwork.lights({"interviewer": red, "area": green}).text.startswith("2 名访问员的答卷")
    assert fieldwork.lights({"interviewer": green, "area": green}).text == "没有访问员或社区的答卷需要复访。"


def test_title_and_caption_of_a_level() -> None:
    rows = units(Light.RED, Light.AMBER, Light.GREY)
    assert fieldwork.level_title(rows, "访问员").text == "访问员：1 个红灯（访问员0）"
    assert fieldwork.level_title(rows[1:], "访问员").text == "访问员：0 个红灯"
    text = fieldwork.level_caption(rows, "interviewer", ["u0", "u1"]).text
    assert text == "有多少项信号不像偶然；2 名访问员中最突出的 2"
