"""An interviewer who copies every answer from real ones, at a normal pace."""

import numpy as np
import pyarrow.compute as pc
import pytest

from analysis.integrity.combine import Light
from analysis.integrity.report import Integrity, IntegrityInput, inspect
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw
from survey.quality.effort.ordered import ordered
from survey.quality.effort.person_fit import levels, looseness, usual_levels
from survey.quality.sheet import open_sheet

SIZE = {"districts": 3, "waves": 1, "online": False, "texts": False}


@pytest.fixture(scope="module", params=["careful", "careful-half"])
def city(request: pytest.FixtureRequest) -> MockCity:
    return draw(MockSpec(seed=11, **SIZE, faults=(request.param,)))


def report(city: MockCity) -> Integrity:
    return inspect(IntegrityInput(open_sheet(city.responses(), city.questionnaire), city.city.areas))


def test_the_careful_fabricator_is_red_and_nobody_else(city: MockCity) -> None:
    people = report(city).interviewers.set_index("unit")
    (maker,) = set(city.truth.faults["detail"])
    assert people.loc[maker, "light"] == Light.RED
    assert "loose" in people.loc[maker, "signals"].split(",")
    assert (people.drop(maker)["light"] != Light.RED).all()


def test_answers_copied_one_by_one_are_loose_in_a_contented_district_too() -> None:
    city = draw(MockSpec(seed=11, **SIZE, faults=False))
    rows = city.responses()
    sheet = open_sheet(rows, city.questionnaire)
    district = np.unique(np.asarray(pc.fill_null(rows["psu"], 0).to_numpy()) // 10**6, return_inverse=True)[1]
    rng = np.random.default_rng(1)
    codes = sheet.codes.copy(order="F")
    for number in range(district.max() + 1):
        mine = np.flatnonzero(district == number)
        for at in range(codes.shape[1]):
            codes[mine, at] = codes[rng.permutation(mine), at]
    mixed = type(sheet)(sheet.rows, sheet.questionnaire, sheet.items, codes)
    plain, loose = (
        looseness(own, district, usual_levels(own, district, int(district.max()) + 1))
        for own in (levels(ordered(one)) for one in (sheet, mixed))
    )
    for number in range(district.max() + 1):
        mine = district == number
        assert np.nanmean(loose[mine]) > np.nanmean(plain[mine]) + 0.2
