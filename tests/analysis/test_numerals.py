"""Numbers as an official report writes them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import numerals


@pytest.mark.parametrize(
    ("share", "decimals", "text"), [(0.7734, 1, "77.3%"), (0.7734, 0, "77%"), (1.0, 1, "100.0%"), (math.nan, 1, "—")]
)
def test_percent(share: float, decimals: int, text: str) -> None:
    assert numerals.percent(share, decimals) == text


def test_a_decimal_is_shown_only_for_a_narrow_interval() -> None:
    assert numerals.rate(0.7734, 0.770, 0.777) == "77.3%"
    assert numerals.rate(0.7734, 0.75, 0.80) == "77%"
    assert numerals.rate(0.7734, math.nan, math.nan) == "77%"


def test_interval_has_a_full_dash() -> None:
    assert numerals.interval(0.75, 0.773) == "75.0%—77.3%"
    assert numerals.interval(math.nan, 0.773) == "—"


@pytest.mark.parametrize(
    ("difference", "signed", "text"),
    [
        (-0.038, False, "3.8 个百分点"),
        (-0.038, True, "−3.8 个百分点"),
        (0.016, True, "+1.6 个百分点"),
        (-0.0001, True, "+0.0 个百分点"),
        (math.nan, True, "—"),
    ],
)
def test_points(difference: float, signed: bool, text: str) -> None:
    assert numerals.points(difference, signed=signed) == text


def test_points_interval() -> None:
    assert numerals.points_interval(-0.009, 0.041) == "−0.9—+4.1"
    assert numerals.points_interval(math.nan, 0.041) == "—"


def test_names() -> None:
    assert numerals.names(["甲", "乙"]) == "甲、乙"
    assert numerals.names(list("甲乙丙丁"), 2) == "甲、乙等 4 个"


@given(st.text(alphabet="低于目标，。75.0% —（n=1）ab", max_size=80), st.integers(8, 40))
def test_wrap_loses_nothing_and_keeps_lines_short(text: str, limit: int) -> None:
    lines = numerals.wrap(text, limit)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    longest = max((numerals.width(piece) for piece in numerals._pieces(text)), default=0.0)
    closing = sum(text.count(mark) for mark in numerals.CLOSING)
    assert all(numerals.width(line) <= limit + longest + closing for line in lines)


def test_wrap_breaks_after_a_mark_and_not_inside_a_name() -> None:
    assert numerals.wrap("有 1 个确定低于目标：青苇区", 12) == ("有 1 个确定低于目标：", "青苇区")


def test_wrap_never_starts_a_line_with_a_comma() -> None:
    assert numerals.wrap("满意率低于目标，知晓率高", 7) == ("满意率低于目标，", "知晓率高")


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, "<1%"), (0.0099, "<1%"), (0.01, "1%"), (0.374, "37%"), (0.99, "99%"), (0.9999, ">99%"), (math.nan, "—")],
)
def test_probabilities_are_never_shown_as_certain(probability: float, text: str) -> None:
    assert numerals.chance(probability) == text
