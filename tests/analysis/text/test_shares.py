"""Shares of themes are survey estimates: by hand, by district, among those who raise them, on a mock city."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from analysis.estimation.respondents import respondent_weights
from analysis.estimation.sample import Sample, SampleOptions, prepare
from analysis.text.answers import attach
from analysis.text.keyness import keyness
from analysis.text.reader import read_texts
from analysis.text.shares import Presence, mentions_by, presence, voices
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
    assert presence(_answers().slice(0, 0), "themes").names == ()


def _sample(*modes: str) -> Sample:
    city, responses, _ = _city()
    plan = SampleOptions(modes=modes or None, rates=())
    return prepare(responses, city.questionnaire, city.city.areas, city.margins, plan)


def _by_sql(found: Presence, among: Rate | None, modes: tuple[str, ...], by: list[str]) -> pd.DataFrame:
    """Return the shares with presence as columns of the response table, summed and raked in a separate pass."""
    city, responses, _ = _city()
    key = pc.binary_join_element_wise(responses["wave"], responses["response_id"], " ").to_pylist()
    known = pc.binary_join_element_wise(found.keys["wave"], found.keys["response_id"], " ").to_pylist()
    place = dict(zip(known, found.present.toarray(), strict=True))
    mentions = np.array([place.get(one, np.zeros(len(found.names))) for one in key]) > 0
    heads = [column for rate in city.questionnaire.headlines() for column in rate.columns]
    asked = np.any([responses[name].is_valid().to_numpy() for name in heads], axis=0)
    rates = []
    for at, name in enumerate(found.names):
        if among is None:
            terms: Any = ((f"mention.{at}", (1,)),)
            responses = responses.append_column(f"mention.{at}", pa.array(mentions[:, at].astype(np.int8), mask=~asked))
            rates.append(Rate(name, name, found.measure, terms, "all"))
        else:
            copies = []
            for column, codes in among.terms:
                values = pc.if_else(pa.array(mentions[:, at]), responses[column], pa.scalar(None, pa.int8()))
                responses = responses.append_column(f"link.{at}.{column}", values)
                copies.append((f"link.{at}.{column}", codes))
            rates.append(replace(among, name=name, label=name, terms=tuple(copies), overall=False))
    asked_for = replace(city.questionnaire, rates=tuple(rates))
    sample = prepare(responses, asked_for, city.city.areas, city.margins, SampleOptions(modes=modes))
    return sample.rates(item=list(found.names), by=by).table


@pytest.mark.parametrize("modes", [("household",), ("online",)])
@pytest.mark.parametrize("measure", ["", "satisfaction", "awareness"])
def test_shares_equal_those_of_a_separate_pass_bit_by_bit(modes: tuple[str, ...], measure: str) -> None:
    city, responses, answers = _city()
    found = presence(answers, "themes", labels=LABELS)
    among = city.questionnaire.headline(measure) if measure else None
    spoken = voices(_sample(*modes), responses, found, city.questionnaire, among=among)
    expected = _by_sql(found, among, modes, ["district"])
    assert len(expected) == len(LABELS) * len(city.city.districts)
    pd.testing.assert_frame_equal(spoken.shares(by=["district"]).table, expected, check_exact=True)


def test_no_text_counts_as_zero_and_the_screened_out_are_outside() -> None:
    city, responses, answers = _city()
    found = presence(answers, "themes", labels=LABELS)
    sample = _sample("household")
    spoken = voices(sample, responses, found, city.questionnaire)
    household = responses.filter(pc.equal(responses["mode"], "household"))
    asked = pc.sum(household["E0"].is_valid()).as_py()
    assert spoken.sample.cells.n_i.sum(axis=1).tolist() == [asked] * len(LABELS)
    assert asked < spoken.sample.cells.n.sum()
    assert 0 < spoken.sample.cells.ny.sum() <= found.present.sum()
    with pytest.raises(ArgumentError):
        voices(sample, pa.table({"x": [1]}), found, city.questionnaire)


def test_shares_agree_with_plain_arithmetic() -> None:
    city, responses, answers = _city()
    found = presence(answers, "themes", labels=LABELS)
    sample = _sample("household")
    table = voices(sample, responses, found, city.questionnaire).shares().table.set_index("item")
    ids = set(found.keys["response_id"].filter(pa.array(found.present[:, 0].toarray().ravel() > 0)).to_pylist())
    asked = responses["E0"].is_valid().to_numpy()
    raises = np.array([one in ids for one in responses["response_id"].to_pylist()])[asked]
    share = np.average(raises, weights=respondent_weights(sample, responses)[asked])
    assert table.loc["parking", "estimate"] == pytest.approx(share, rel=1e-9)
    assert table.loc["parking", "conf_low"] < share < table.loc["parking", "conf_high"]
    assert set(table["measure"]) == {"theme"}


def test_satisfaction_among_those_who_raise_a_theme() -> None:
    city, responses, answers = _city()
    found = presence(answers, "themes", labels=LABELS)
    rate = city.questionnaire.headline("satisfaction")
    table = voices(_sample("household"), responses, found, city.questionnaire, among=rate).shares().table
    assert table["n"].max() < len(responses) / 5
    assert table["estimate"].between(0, 1).all()
    assert set(table["measure"]) == {"satisfaction"}


def test_nobody_wrote_anything() -> None:
    city, responses, answers = _city()
    found = presence(answers.slice(0, 0), "themes", labels=LABELS)
    table = voices(_sample("household"), responses, found, city.questionnaire).shares().table
    assert (table["estimate"] == 0).all()
    assert len(table) == len(LABELS)


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
