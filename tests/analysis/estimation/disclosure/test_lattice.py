"""Counts that a few people joined or left stay hidden, also beside parts of which nobody is left."""

from itertools import product

from analysis.estimation.disclosure.differencing import hidden_counts

STREETS = {"东": ("一", "二", "三"), "西": ("四", "五", "六")}


def test_a_part_that_nobody_is_left_in_protects_nothing() -> None:
    places = [(district, street) for district, streets in STREETS.items() for street in streets]
    counts = {(age, *place): 20 for age, place in product(("老", "中", "少"), places)}
    for age in ("老", "中", "少"):
        counts[age, "东", "三"] = 0  # all left, 4 of each age among them
    hidden = hidden_counts(counts, 10, {("老", "东"), ("老", "东", "三")})
    assert ("老", "东") in hidden
    assert ("老", "东", "三") not in hidden, "0 is shown"
    assert {("老", "东", "一"), ("老", "东", "二")} & hidden, "else the streets add up to the district"
    assert hidden_counts(counts, 10) == frozenset()
