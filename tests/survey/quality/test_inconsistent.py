"""Acquiescence, the best answers together with all nuisances "often seen", is a hint only."""

import numpy as np

from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.quality.check import Context
from survey.quality.registry import CHECKS
from survey.quality.sheet import NULL, ResponseSheet, open_sheet

CITY = draw(MockSpec(seed=3, districts=2, streets_per_district=2, communities_per_street=2, texts=False))
SHEET = open_sheet(CITY.responses().slice(0, 5), CITY.questionnaire)


def marked(rated: list[int], seen: list[int]) -> list[bool]:
    """Return five responses; all single items of E have one code, and those of G another."""
    codes = SHEET.codes.copy()
    for prefix, values in (("E.", rated), ("G.", seen)):
        for name, at in SHEET.places.items():
            if name.startswith(prefix):
                codes[:, at] = values
    return list(CHECKS["reverse"].run(Context(ResponseSheet(SHEET.rows, SHEET.questionnaire, SHEET.items, codes))).flag)


def test_yes_to_everything_is_flagged_and_one_side_alone_is_not() -> None:
    # 1 best, 3 often seen; 1 never seen; 5 worst; not asked; 9 did not notice
    assert marked([1, 1, 5, NULL, 1], [3, 1, 3, 3, 9]) == [True, False, False, False, False]


def test_acquiescence_is_only_a_hint() -> None:
    assert CHECKS["reverse"].hint


def test_a_questionnaire_without_reverse_items_is_not_checked() -> None:
    items = tuple(item for item in SHEET.items if not item.name.startswith("G."))
    at = [SHEET.places[item.name] for item in items]
    sheet = ResponseSheet(SHEET.rows, SHEET.questionnaire, items, SHEET.codes[:, at])
    found = CHECKS["reverse"].run(Context(sheet))
    assert not found.flag.any()
    assert np.isnan(found.value).all()
