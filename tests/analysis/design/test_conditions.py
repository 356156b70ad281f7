"""Conditions: equality, lists, ranges and expressions select the stated rows; invalid conditions are refused."""

from datetime import date

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.design.conditions import matching, recorded, satisfying
from analysis.design.domains import make_domains
from analysis.design.from_frame import cells_from_frame
from survey.errors import ArgumentError, DesignError

AGES = pd.Series([17.0, 18.0, 59.5, 60.0, np.nan], name="age")
BANDS = pd.Series(pd.Categorical(["old", "young", None, "middle"], ["young", "middle", "old"], ordered=True))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (18, [False, True, False, False, False]),
        ([17, 60], [True, False, False, True, False]),
        (range(18, 60), [False, True, True, False, False]),
        (range(17, 61, 43), [True, False, False, True, False]),
        (slice(18, 60), [False, True, True, True, False]),
        (slice(60, None), [False, False, False, True, False]),
        (slice(None, None), [True, True, True, True, False]),
        ([], [False] * 5),
        (None, [False] * 5),
    ],
)
def test_matching(wanted: object, expected: list[bool]) -> None:
    assert matching(AGES, wanted).tolist() == expected


def test_a_range_follows_the_order_of_the_categories() -> None:
    assert matching(BANDS, slice("middle", "old")).tolist() == [True, False, False, True]


@pytest.mark.parametrize(
    "day", [date(2026, 1, 2), "2026-01-02", pd.Timestamp("2026-01-02"), np.datetime64("2026-01-02")]
)
def test_days_may_be_written_in_any_way(day: object) -> None:
    days = pd.Series(pd.to_datetime(["2026-01-01", "2026-01-02", None, "2026-01-03"]))
    assert matching(days, day).tolist() == [False, True, False, False]
    assert matching(days, [day]).tolist() == [False, True, False, False]
    assert matching(days, slice(day, None)).tolist() == [False, True, False, True]
    assert matching(days, slice(None, day)).tolist() == [True, True, False, False]


def test_an_invalid_day_is_refused() -> None:
    with pytest.raises(ArgumentError, match="不能比较大小"):
        matching(pd.Series(pd.to_datetime(["2026-01-01"])), slice("某日", None))


@pytest.mark.parametrize("column", [pd.Series(["a", "b"]), pd.Series(pd.Categorical(["a", "b"]))])
def test_a_range_of_unordered_values_is_refused(column: pd.Series) -> None:
    with pytest.raises(ArgumentError, match="不能比较大小"):
        matching(column, range(1, 3))


def test_a_slice_with_a_step_is_refused() -> None:
    with pytest.raises(ArgumentError, match="步长"):
        matching(AGES, slice(1, 9, 2))


def test_an_expression_reads_any_columns_and_missing_is_false() -> None:
    frame = pd.DataFrame({"age": AGES, "sex": [1, 1, 2, 2, 2]})
    found = satisfying(frame, (nw.col("age") >= 18) & (nw.col("sex") == 2))
    assert found.tolist() == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (nw.col("income") > 1, "无法计算"),
        (nw.col("age") + 1, "“是”或“否”"),
        (nw.col("age").sum() > 1, "“是”或“否”"),
        ("age > 18", "写法不认识"),
        (nw.col("name") > 18, "无法计算"),
    ],
)
def test_expressions_that_are_refused(expression: object, message: str) -> None:
    frame = pd.DataFrame({"age": AGES, "name": list("abcde")})
    with pytest.raises(ArgumentError, match=message):
        satisfying(frame, expression)


def test_recorded() -> None:
    assert recorded(None) == {}
    assert recorded({"sex": 2}) == {"sex": 2}
    assert "age" in recorded(nw.col("age") > 1)["expression"]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(0, 9), st.integers(0, 9))
def test_every_notation_of_a_range_gives_the_same_domain(ages: list[int], low: int, high: int) -> None:
    frame = pd.DataFrame({"age": ages, "y": 1.0})
    cells = cells_from_frame(frame, ["y"], by=["age"])
    ways = (
        {"age": range(low, high + 1)},
        {"age": slice(low, high)},
        {"age": list(range(low, high + 1))},
        (nw.col("age") >= low) & (nw.col("age") <= high),
    )
    codes = [make_domains(cells, (), where).code.tolist() for where in ways]
    assert all(one == codes[0] for one in codes)
    assert codes[0] == [0 if low <= age <= high else -1 for age in cells.keys["age"]]


def test_text_in_place_of_numbers_names_its_row() -> None:
    frame = pd.DataFrame({"y": ["满意", "不满意"], "w": [1, 2]})
    with pytest.raises(DesignError, match="应当是数值") as caught:
        cells_from_frame(frame, ["y"])
    assert caught.value.where == "y 列，第 1 行"
    with pytest.raises(DesignError, match="w 列，第 2 行"):
        cells_from_frame(pd.DataFrame({"y": [1, 0], "w": pd.Series([1, "多"], dtype=object)}), ["y"], weight="w")


@pytest.mark.parametrize("dtype", ["boolean", "Int64", object])
def test_missing_answers_of_any_type_are_outside_the_base(dtype: object) -> None:
    cells = cells_from_frame(pd.DataFrame({"y": pd.Series([True, None, False], dtype=dtype)}), ["y"])
    assert cells.n_i.sum() == 2
    assert cells.wy.sum() == 1


def test_categories_keep_their_order() -> None:
    cells = cells_from_frame(pd.DataFrame({"y": 1.0, "band": BANDS}), ["y"], by=["band"])
    assert make_domains(cells, ["band"]).labels["band"].tolist() == ["young", "middle", "old"]
