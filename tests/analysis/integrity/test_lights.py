"""A red light (R-13): the area is marked, has no rank and is named in a sentence; others are unchanged."""

import pandas as pd

from analysis.integrity.combine import Light
from analysis.integrity.lights import MARK, AreaLight, marked_rows

LIGHTS = {
    "东湖区": AreaLight(Light.RED, 100, 40, 5),
    "西山区": AreaLight(Light.AMBER, 100, 5, 5),
    "南城区": AreaLight(Light.GREEN, 100, 0, 0),
}
TABLE = pd.DataFrame(
    {
        "district": pd.Categorical(["东湖区", "西山区", "南城区"]),
        "estimate": [0.99, 0.8, 0.7],
        "rank_group": ["above", "", "below"],
        "rank_low": [1, 1, 2],
        "rank_high": [1, 2, 3],
    }
)


def test_the_best_area_is_no_longer_the_best_when_its_light_is_red() -> None:
    table = marked_rows(TABLE, LIGHTS, "district")
    assert table["district"].tolist() == [f"东湖区{MARK}", "西山区", "南城区"]
    assert table["rank_group"].tolist() == ["", "", "below"]
    assert table["rank_low"].isna().tolist() == [True, False, False]
    assert table["rank_high"].tolist()[1:] == [2, 3]
    assert table["estimate"].tolist() == [0.99, 0.8, 0.7]
    assert TABLE["rank_group"].tolist() == ["above", "", "below"]


def test_no_red_light_changes_nothing() -> None:
    assert marked_rows(TABLE, {"西山区": LIGHTS["西山区"]}, "district") is TABLE
