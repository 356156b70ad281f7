"""Numbers as an official report writes them."""

import math

import pytest

from analysis import numerals


@pytest.mark.parametrize(
    ("share", "decimals", "text"), [(0.7734, 1, "77.3%"), (0.7734, 0, "77%"), (1.0, 1, "100.0%"), (math.nan, 1, "—")]
)
def test_percent(share: float, decimals: int, text: str) -> None:
    assert numerals.percent(share, decimals) == text


@pytest.mark.parametrize(("share", "text"), [(0.85, "85%"), (0.875, "87.5%"), (0.29, "29%"), (math.nan, "—")])
def test_a_target_is_written_as_it_was_typed(share: float, text: str) -> None:
    assert numerals.target(share) == text


def test_interval_has_a_full_dash() -> None:
    assert numerals.interval(0.75, 0.773) == "75.0%—77.3%"
    assert numerals.interval(math.nan, 0.773) == "—"


def test_a_share_stands_before_its_interval() -> None:
    assert numerals.estimate(0.761, 0.75, 0.773) == "76.1%（75.0%—77.3%）"
    assert numerals.estimate(0.761, math.nan, math.nan) == "76.1%"
    assert numerals.estimate(math.nan, math.nan, math.nan) == "—"


def test_points_have_no_sign() -> None:
    assert numerals.points(-0.038) == numerals.points(0.038) == "3.8 个百分点"
    assert numerals.points(math.nan) == "—"


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (-0.038, "−3.8 个百分点"),
        (0.016, "+1.6 个百分点"),
        (-0.0001, "0.0 个百分点"),
        (0.0001, "0.0 个百分点"),
        (math.nan, "—"),
    ],
)
def test_a_change_has_a_sign_and_a_true_minus(difference: float, text: str) -> None:
    assert numerals.change(difference) == text


def test_an_interval_of_differences_is_read_with_a_word() -> None:
    assert numerals.points_interval(-0.157, -0.014) == "−15.7 至 −1.4"
    assert numerals.points_interval(-0.009, 0.041) == "−0.9 至 4.1"
    assert numerals.points_interval(math.nan, 0.041) == "—"
    assert numerals.difference(0.016, -0.009, 0.041) == "+1.6（−0.9 至 4.1）"
    assert numerals.difference(math.nan, -0.009, 0.041) == "—"


def test_typed_differences_and_margins_are_percentage_points() -> None:
    assert numerals.step(0.02) == "2 个百分点"
    assert numerals.step(0.025) == "2.5 个百分点"
    assert numerals.margin(0.0214) == "±2.1 个百分点"


@pytest.mark.parametrize(
    ("number", "text"),
    [(4, "0 人"), (126, "130 人"), (994, "990 人"), (997, "1,000 人"), (3449, "3,400 人"), (9949, "9,900 人"),
     (9960, "1.0 万人"), (12_345, "1.2 万人"), (math.nan, "—")],
)  # fmt: skip
def test_people_are_rounded(number: float, text: str) -> None:
    assert numerals.people(number) == text


def test_people_intervals_money_and_prices() -> None:
    assert numerals.people_interval(3449, 12_345) == "3,400 人—1.2 万人"
    assert numerals.people_interval(math.nan, 12_345) == "—"
    assert (numerals.money(200_000), numerals.money(3_200), numerals.money(math.nan)) == ("20 万元", "3,200 元", "—")
    assert numerals.yuan_interval(50.4, 120) == "50 元—120 元"
    assert numerals.yuan_interval(50.4, math.inf) == "50 元—很高"


def test_counts_and_coefficients() -> None:
    assert (numerals.count(1234), numerals.count(math.nan)) == ("1,234", "—")
    assert (numerals.p_value(0.0004), numerals.p_value(0.0228)) == ("p < 0.001", "p = 0.023")
    assert (numerals.decimal(0.05), numerals.decimal(math.nan)) == ("0.05", "—")


def test_names() -> None:
    assert numerals.names(["甲", "乙"]) == "甲、乙"
    assert numerals.names(list("甲乙丙丁"), 2) == "甲、乙等 4 个"


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, "<1%"), (0.0099, "<1%"), (0.01, "1%"), (0.374, "37%"), (0.99, "99%"), (0.9999, ">99%"), (math.nan, "—")],
)
def test_probabilities_are_never_shown_as_certain(probability: float, text: str) -> None:
    assert numerals.chance(probability) == text


@pytest.mark.parametrize(("probability", "text"), [(0.999, "超过 99%"), (0.001, "不到 1%"), (0.63, "约 63%")])
def test_spoken_probabilities_claim_no_certainty(probability: float, text: str) -> None:
    assert numerals.spoken_chance(probability) == text


def test_numbers_of_a_table_have_one_precision() -> None:
    assert [numerals.decimals(column) for column in ([1, 2], [88.0, 97.2], [1.0], [0.0037, 0.289], [], [math.nan])] == [
        0, 1, 1, 4, 0, 0,
    ]  # fmt: skip
    written = [numerals.cell(number, 1) for number in (88.0, -0.04, -8.5, 1234.56, math.nan)]
    assert written == ["88.0", "0.0", "−8.5", "1,234.6", "—"]
    assert [numerals.cell(number, 0) for number in (262_498, 990_101_003_001)] == ["262,498", "990101003001"]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [(0.424, 0.718, "+30"), (0.73, 0.733, "不到 1"), (0.5, 0.5, "0"), (0.996, 1.0, "不到 1"), (0.5, float("nan"), "—")],
)
def test_a_gain_of_probability_is_the_difference_of_both_as_printed(before: float, after: float, text: str) -> None:
    assert numerals.chance_gain(before, after) == text


def test_a_difference_is_that_of_the_printed_shares() -> None:
    assert numerals.moved(0.6081, 0.7012) == "9 个百分点"
    assert numerals.moved(0.7, 0.608) == "9 个百分点"
    assert numerals.moved(0.701, 0.704) == "不到 1 个百分点"
    assert numerals.moved(float("nan"), 0.7) == numerals.DASH
