"""One picture for two pages: in which groups the people are who lack something, and how many."""

from __future__ import annotations

import pandas as pd

from analysis.prose import advice
from views.charts.dots import Axis, dots
from views.charts.frame import Caption
from views.panels import page as panels

HALF = 580


def lacking_people(groups: pd.DataFrame, words: Caption, key: str) -> None:
    """Draw them.

    Args:
        groups: from `analysis.areas.decomposition.persons_lacking`, one row or more, the largest group first.
        words: its title is what the people lack, as in 不知晓; the place of most of them is added.
        key: of the picture on its page.
    """
    rows = pd.DataFrame(
        {
            "label": [f"{row['age']} · {row['place']}" for row in groups.to_dict("records")],
            "value": groups["persons"],
            "low": groups["conf_low"],
            "high": groups["conf_high"],
            "kind": "bad",
            "text": [
                f"{advice.people(row['persons'])}（{advice.people(row['conf_low'])}—{advice.people(row['conf_high'])}）"
                for row in groups.to_dict("records")
            ],
        }
    )
    text = f"{words.title}的人最多在：{rows['label'].iloc[0].replace(' · ', '、')}"
    whole = Caption(text, words.subtitle, words.source, words.mock)
    panels.figure(dots(rows, whole, Axis(",.0f", None, "", 0.0), {}, page_width=HALF), key, text)
