"""A complaint in a respondent's own words against the best mark for the same thing."""

import numpy as np
import pyarrow as pa

from analysis.integrity.hints import contradicted, pairs
from analysis.text.sentiment.polarity import PolarityRules
from analysis.text.themes.by_rules import ThemeRules
from analysis.text.themes.codebook import parse_codebook
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.quality.sheet import ResponseSheet, open_sheet
from survey.study.lexicon import load_lexicon

CITY = draw(MockSpec(seed=3, districts=2, streets_per_district=2, communities_per_street=2, texts=False))
LEXICON = load_lexicon()
THEMES, TONE = ThemeRules(parse_codebook(LEXICON.themes)), PolarityRules(LEXICON)
PARKING, CLEAN = "E.E10", "E.E11"


def sheet(**codes: list[int]) -> ResponseSheet:
    size = len(next(iter(codes.values())))
    plain = open_sheet(CITY.responses().slice(0, size), CITY.questionnaire)
    changed = plain.codes.copy()
    for name, values in codes.items():
        changed[:, plain.places[name.replace("_", ".")]] = values
    return ResponseSheet(plain.rows, plain.questionnaire, plain.items, changed)


def flags(what: ResponseSheet, *texts: str) -> list[bool]:
    ids = what.rows["response_id"].to_pylist()
    table = pa.table(
        {
            "response_id": ids[: len(texts)],
            "says": [bool(text) for text in texts],
            "polarity": pa.array([TONE(text).label for text in texts], pa.int8()),
            "themes": pa.array([list(THEMES(text)) for text in texts], pa.list_(pa.string())),
        }
    )
    return list(contradicted(what, table, THEMES))


def test_wordings_of_items_have_the_themes_of_texts() -> None:
    about = pairs(sheet(E_E10=[1]), THEMES)
    assert PARKING in about["parking"]
    assert CLEAN in about["garbage"]
    assert all("E0" not in names for names in about.values())


def test_a_complaint_against_the_best_mark() -> None:
    found = sheet(E_E10=[1, 2, 5, 1, 98, 1])
    texts = ["停车太难了，车位不够", "停车太难了", "停车太难了", "停车位多了，停车方便多了", "停车太难了", "物业态度差"]
    assert flags(found, *texts)[:5] == [True, False, False, False, False]


def test_other_subjects_and_missing_texts_contradict_nothing() -> None:
    found = sheet(E_E10=[1, 1], E_E11=[5, 5])
    assert flags(found, "垃圾没人清，臭得很", "") == [False, False]


def test_texts_of_unknown_responses_are_ignored() -> None:
    what = sheet(E_E10=[1])
    table = pa.table({"response_id": ["nobody"], "says": [True], "polarity": [-1], "themes": [["parking"]]})
    assert not np.any(contradicted(what, table, THEMES))
