"""Careless answers and careful fabricators: labelled, obeying the routing, and nothing else changed."""

import numpy as np
import pandas as pd
import pytest

from survey.errors import ArgumentError
from survey.instrument.conditions.expressions import parse
from survey.instrument.conditions.on_columns import evaluate
from survey.mock import MockCity, MockSpec, draw

KINDS = ("random", "random-grid", "zigzag", "late-line", "careful", "careful-half")
E = [f"E.E{number}" for number in range(1, 23)]
G = [f"G.G{number}" for number in range(1, 7)]


@pytest.fixture(scope="module")
def careless() -> MockCity:
    return draw(MockSpec(seed=4, districts=3, texts=False, faults=KINDS))


@pytest.fixture(scope="module")
def table(careless: MockCity) -> pd.DataFrame:
    faults = careless.truth.faults[["response_id", "fault", "detail"]]
    return careless.responses().to_pandas().merge(faults, on="response_id", how="left")


def test_only_the_kinds_asked_for_are_planted(table: pd.DataFrame) -> None:
    assert set(table["fault"].dropna()) == set(KINDS)
    with pytest.raises(ArgumentError, match="zigzag"):
        MockSpec(faults=("zig",))


def test_invented_answers_obey_the_routing(careless: MockCity, table: pd.DataFrame) -> None:
    invented = table[table["fault"].notna()]
    for question in careless.questionnaire.questions:
        if question.visible_if and question.items and question.items[0].name in table:
            condition = parse(question.visible_if)
            names = [n for n in table if n in condition.names or n.rpartition(".")[0] in condition.names]
            columns = {name: invented[name].to_numpy(dtype=np.float32, na_value=np.nan) for name in names}
            shown = evaluate(condition, columns, careless.questionnaire.meanings)
            asked = invented[[item.name for item in question.items]].notna().any(axis=1)
            assert (asked.to_numpy() == shown).all()


def test_a_careful_fabricator_gives_answers_of_the_district_at_a_normal_pace(
    careless: MockCity, table: pd.DataFrame
) -> None:
    for kind, share in (("careful", 1.0), ("careful-half", 0.5)):
        rows = table[table["fault"] == kind]
        (maker,) = rows["interviewer"].unique()
        assert set(rows["detail"]) == {maker}
        own = table[(table["interviewer"] == maker) & table["A1"].notna()]
        assert (own["fault"] == kind).mean() == pytest.approx(share, abs=0.15)
        usual = table.loc[table["A1"].notna() & (table["mode"] == "household"), "seconds"].median()
        assert rows["seconds"].median() == pytest.approx(usual, rel=0.2)
    # each answer is borrowed by itself: the items of one form no longer hang together
    rows, honest = table[table["fault"] == "careful"], table[table["fault"].isna()]
    spread = [each[E].where(each[E] <= 5).mean(axis=1).std() for each in (rows, honest)]
    assert spread[0] < 0.6 * spread[1]


def test_late_lines_begin_in_the_middle_and_patterns_fill_the_grids(table: pd.DataFrame) -> None:
    late = table[table["fault"] == "late-line"]
    assert (late[[*E[14:], *G]].nunique(axis=1) == 1).mean() > 0.8
    assert (late[E[:9]].nunique(axis=1) > 1).mean() > 0.8
    zigzag = table[table["fault"] == "zigzag"]
    assert (zigzag[E].nunique(axis=1) > 1).all()
