"""Shares of themes are survey estimates: by hand, by district, among those who raise them, on a mock city."""

from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from analysis.text.answers import attach, read_texts
from analysis.text.keyness import keyness
from analysis.text.shares import mention_rates, mentions_by, presence, voices, with_link, with_presence
from survey.errors import ArgumentError
from survey.instrument.rate import Rate
from survey.mock import MockCity, MockSpec, draw
from survey.study.lexicon import load_lexicon

LABELS = {"parking": "停车", "garbage": "垃圾", "window": "窗口", "publicity": "宣传", "traffic": "交通"}


@cache
def _city() -> tuple[MockCity, pa.Table, pa.Table]:
    city = draw(MockSpec(seed=3, waves=1, faults=False))
    texts = city.texts()
    texts = texts.filter(pc.equal(texts["item"], "H1"))
    read = read_texts(texts["text"].to_pylist(), load_lexicon())
    return city, city.responses(), attach(texts, read)


def _answers() -> pa.Table:
    return pa.table(
        {
            "wave": ["W1", "W1", "W1"],
            "response_id": ["a", "b", "a"],
            "themes": pa.array([["x", "y"], ["x"], ["x"]], pa.list_(pa.string())),
            "words": pa.array([["灯"], [], ["灯", "亮"]], pa.list_(pa.string())),
        }
    )


def test_presence_counts_a_respondent_once() -> None:
    found = presence(_answers(), "themes", labels={"y": "乙", "x": "甲", "z": "丙"})
    assert found.labels == ("乙", "甲", "丙")
    assert found.keys["response_id"].to_pylist() == ["a", "b"]
    assert found.present.toarray().tolist() == [[1, 1, 0], [0, 1, 0]]
    words = presence(_answers(), "words")
    assert words.names == ("灯", "亮")
    assert presence(_answers(), "themes", fewest=2).names == ("x",)
    assert [rate.base for rate in mention_rates(found)] == ["all"] * 3
    assert presence(_answers().slice(0, 0), "themes").names == ()


def test_silence_is_a_zero_and_the_screened_out_are_unknown() -> None:
    city, responses, answers = _city()
    found = presence(answers, "themes", labels=LABELS)
    rows = with_presence(responses, found, city.questionnaire)
    column = rows[found.columns()["parking"]]
    asked = rows["E0"].is_valid()
    assert column.null_count >= pc.sum(pc.invert(asked)).as_py() > 0
    assert pc.sum(column).as_py() == int(found.present[:, 0].sum())
    with pytest.raises(ArgumentError):
        with_presence(pa.table({"x": [1]}), found, city.questionnaire)


def test_shares_agree_with_plain_arithmetic() -> None:
    city, responses, answers = _city()
    found = presence(answers, "themes", labels=LABELS)
    said = voices(responses, found, city.questionnaire, city.city.areas, pd.DataFrame())
    table = said.shares().table.set_index("item")
    rows = with_presence(responses, found, city.questionnaire).to_pandas()
    rows = rows[rows["mode"] == "household"].dropna(subset=[found.columns()["parking"]])
    share = np.average(rows[found.columns()["parking"]], weights=rows["w_fx"])
    assert table.loc["parking", "estimate"] == pytest.approx(share, rel=0.05)
    assert table.loc["parking", "conf_low"] < share < table.loc["parking", "conf_high"]
    assert set(table["measure"]) == {"theme"}
    by = said.shares(by=["district"]).table
    assert len(by) == len(LABELS) * len(city.city.districts)


def test_satisfaction_among_those_who_raise_a_theme() -> None:
    city, responses, answers = _city()
    found = presence(answers, "themes", labels=LABELS)
    rate = city.questionnaire.headline("satisfaction")
    assert isinstance(rate, Rate)
    rows, linked = with_link(responses, found, rate)
    assert [each.name for each in linked] == list(LABELS)
    column = rows[linked[0].terms[0][0]]
    assert len(column) - column.null_count <= int(found.present[:, 0].sum())
    table = voices(responses, found, city.questionnaire, city.city.areas, pd.DataFrame(), among=rate).shares().table
    assert table["n"].max() < len(responses) / 5
    assert table["estimate"].between(0, 1).all()


def test_planted_district_themes_are_found() -> None:
    city, responses, answers = _city()
    found = presence(answers, "themes", labels=LABELS)
    table = keyness(mentions_by(found, responses, city.city.areas, city.questionnaire), "district")
    called = table[table["distinct"] & (table["z"] > 0)]
    planted = city.truth.themes
    own = {"service": "window"}
    wanted = {(row.district, own.get(row.theme, row.theme)) for row in planted.itertuples()}
    wanted = {pair for pair in wanted if pair[1] in LABELS}
    assert len(wanted) >= 2
    assert len(wanted & set(zip(called["district"], called["term"], strict=True))) >= len(wanted) - 1
