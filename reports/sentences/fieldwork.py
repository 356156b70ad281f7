"""Sentences on fieldwork: red lights of interviewers and communities, submissions of the online form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.integrity.combine import Light
from reports.sentences.sentence import Name, Row, Sentence, count, join, listed, rows_of, say

UNITS = {"interviewer": "名访问员", "area": "个社区"}


def lights(units: Mapping[str, pd.DataFrame]) -> Sentence:
    """Report how many interviewers and communities need independent interviews.

    Args:
        units: level -> its units, see `reports.fieldwork.integrity.units`.
    """
    red = {level: _of(rows, Light.RED) for level, rows in units.items()}
    numbers = [(count(some, f"red {level}s"), Name(UNITS[level])) for level, some in red.items() if some]
    parts = [say("{count} {unit}", count=number, unit=unit) for number, unit in numbers]
    if not parts:
        return say("没有访问员或社区的答卷需要复访。")
    return say("{units}的答卷与同区其他明显不同，请独立人员复访后再用。", units=join(parts, "、"))


def _of(rows: pd.DataFrame, light: Light) -> tuple[Row, ...]:
    return rows_of(rows, rows[rows["light"] == str(light)], "unit")


def level_title(rows: pd.DataFrame, name: str) -> Sentence:
    """Report the red lights of one level, for the title of a figure.

    Args:
        rows: its units.
        name: its Chinese name, such as "访问员".
    """
    red = _of(rows, Light.RED)
    which = say("（{names}）", names=listed([row.name("name") for row in red], 4)) if red else Sentence()
    return say("{level}：{count} 个红灯{which}", level=Name(name), count=count(red, "red lights"), which=which)


def level_caption(rows: pd.DataFrame, level: str, shown: Sequence[object]) -> Sentence:
    """Describe the figure of one level: how many were judged, how many are shown."""
    judged = rows_of(rows, rows[rows["light"] != str(Light.GREY)], "unit")
    return say(
        "有多少项信号不像偶然；{judged} {unit}中最突出的 {shown}",
        judged=count(judged, "judged units"),
        unit=Name(UNITS[level]),
        shown=count(shown, "units shown"),
    )
