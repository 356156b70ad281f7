"""Checks of single responses on a mock city with known faults, and on constructed rows."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from survey.instrument.question import BLANK
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw
from survey.quality.check import Context
from survey.quality.registry import CHECKS, flag_responses, summary
from survey.quality.sheet import NULL, open_sheet
from survey.study.terms import Wave


@pytest.fixture(scope="module")
def city() -> MockCity:
    return draw(MockSpec(seed=3, districts=3, texts=False))


@pytest.fixture(scope="module")
def context(city: MockCity) -> Context:
    return Context(open_sheet(city.responses(), city.questionnaire), city.city.areas)


def planted(city: MockCity, *faults: str) -> set[str]:
    labels = city.truth.faults
    return set(labels.loc[labels["fault"].isin(faults), "response_id"])


def found(context: Context, check: str) -> set[str]:
    marked = CHECKS[check].run(context)
    return set(np.array(context.sheet.rows["response_id"].to_pylist())[marked.flag])


def changed(city: MockCity, **columns: list[object]) -> pa.Table:
    """Return the first rows of the city with replaced columns."""
    rows = city.responses().slice(0, len(next(iter(columns.values()))))
    for name, values in columns.items():
        at = rows.column_names.index(name)
        rows = rows.set_column(at, rows.schema.field(name), pa.array(values, rows.schema.field(name).type))
    return rows


def test_all_planted_straight_lines_are_found_with_few_false_alarms(city: MockCity, context: Context) -> None:
    straight, hits = planted(city, "straight-line"), found(context, "straightline")
    assert len(straight & hits) >= 0.98 * len(straight)
    others = hits - straight - planted(city, "coached")
    assert len(others) <= 0.002 * len(context.sheet)


def test_four_equal_answers_alone_never_flag(city: MockCity) -> None:
    sheet = open_sheet(city.responses().slice(0, 40), city.questionnaire)
    codes = sheet.codes.copy()
    grids = [q for q in city.questionnaire.questions if q.type.grid]
    long_grid = max(grids, key=lambda q: len(q.items))
    at = [sheet.places[item.name] for item in long_grid.items]
    codes[:, at] = NULL
    codes[:, at[:4]] = 1
    short = type(sheet)(sheet.rows, sheet.questionnaire, sheet.items, codes)
    assert not CHECKS["straightline"].run(Context(short)).flag.any()


def test_all_planted_duplicates_are_found(city: MockCity, context: Context) -> None:
    copies, hits = planted(city, "duplicate"), found(context, "duplicate")
    assert copies <= hits
    assert hits - copies <= planted(city, "fabricated")


def test_speed_is_compared_on_the_same_route(city: MockCity, context: Context) -> None:
    hits = found(context, "speed")
    assert hits <= planted(city, "fabricated", "straight-line")
    # screened-out respondents need a tenth of the time and are not too fast for their route
    short = context.sheet.shown.sum(axis=1) < 5
    assert short.any()
    assert np.median(context.sheet.pace[short]) > 0.7


def test_pace_does_not_depend_on_the_unit_of_time(city: MockCity) -> None:
    rows = city.responses()
    slower = rows.set_column(
        rows.column_names.index("seconds"), "seconds", pa.array(np.array(rows["seconds"].to_numpy()) * 3, pa.int32())
    )
    first, second = (open_sheet(each, city.questionnaire).pace for each in (rows, slower))
    np.testing.assert_allclose(first, second, rtol=1e-9)


def test_blanks_and_refusals_are_counted(city: MockCity) -> None:
    rows = city.responses().slice(0, 50)
    names = [item.name for item in city.questionnaire.items if item.form == "code" and item.name not in ("S1", "S2")]
    for name in names:
        if name in rows.column_names:
            values = [BLANK if at == 0 else value for at, value in enumerate(rows[name].to_pylist())]
            rows = rows.set_column(rows.column_names.index(name), name, pa.array(values, rows.schema.field(name).type))
    marked = CHECKS["nonresponse"].run(Context(open_sheet(rows, city.questionnaire)))
    assert marked.flag.tolist() == [True] + [False] * 49
    assert marked.value[0] > 0.9


def test_an_exclusive_option_with_another_is_a_contradiction(city: MockCity) -> None:
    others = {f"D1.{code}": [0, 0, 0] for code in (2, 3, 4, 5, 6, 7, 8, 97)}
    rows = changed(city, **others, **{"D1.96": [1, 1, 0], "D1.1": [1, 0, 1], "A10": [3, 3, 3]})
    marked = CHECKS["contradiction"].run(Context(open_sheet(rows, city.questionnaire)))
    assert marked.value[0] >= 2
    assert marked.flag[0]
    assert marked.value[1] < 2


def test_place_day_and_mode_must_belong_to_the_survey(city: MockCity) -> None:
    rows = city.responses().slice(0, 4)
    day = rows["submitted"][0].as_py().date()
    psu = rows["psu"].to_pylist()
    rows = rows.set_column(rows.column_names.index("psu"), "psu", pa.array([psu[0], None, 123456789012, psu[3]]))
    inside = (Wave("W1", "", date(2026, 1, 1), date(2027, 1, 1), ("household",)),)
    sheet = open_sheet(rows, city.questionnaire)
    assert CHECKS["frame"].run(Context(sheet, city.city.areas, inside)).flag.tolist() == [False, True, True, False]
    late = (Wave("W1", "", date(day.year + 1, 1, 1), date(day.year + 1, 2, 1), ("household",)),)
    assert CHECKS["frame"].run(Context(sheet, city.city.areas, late)).flag.all()
    phone = (Wave("W1", "", date(2026, 1, 1), date(2027, 1, 1), ("phone",)),)
    assert CHECKS["frame"].run(Context(sheet, city.city.areas, phone)).flag.all()


def test_an_interview_continued_after_screening_is_out_of_frame(city: MockCity) -> None:
    rows = changed(city, S2=[2, 2, 1], A1=[1, None, 1])
    sheet = open_sheet(rows, city.questionnaire)
    marked = CHECKS["frame"].run(Context(sheet, city.city.areas))
    assert marked.flag[0]
    assert not marked.flag[2]


def test_a_shared_device_is_a_hint_only(city: MockCity) -> None:
    rows = city.responses().slice(0, 5)
    for name, values in (("device_key", [7, 7, 8, None, None]), ("ip_key", [1, 2, 3, 4, 4])):
        if name in rows.column_names:
            rows = rows.drop_columns([name])
        rows = rows.append_column(name, pa.array(values, pa.int64()))
    marked = CHECKS["sender"].run(Context(open_sheet(rows, city.questionnaire)))
    assert marked.flag.tolist() == [True, True, False, True, True]
    assert CHECKS["sender"].hint


def test_flags_and_summary_agree(context: Context) -> None:
    flags = flag_responses(context)
    table = summary(len(context.sheet), flags).set_index("check")
    assert set(table.index) == set(CHECKS)
    for name in CHECKS:
        assert table.loc[name, "n"] == (flags["check"] == name).sum()
    assert (table["share"] <= 1).all()
    assert all(check.innocent and check.rule for check in CHECKS.values())


def test_an_empty_sheet_is_checked(city: MockCity) -> None:
    empty = Context(open_sheet(city.responses().slice(0, 0), city.questionnaire), city.city.areas)
    assert flag_responses(empty).empty
    assert (summary(0, flag_responses(empty))["n"] == 0).all()
