import numpy as np
import pandas as pd
import pytest

from survey.mock import MockCity, MockSpec, draw

E = [f"E.E{number}" for number in range(1, 23)]
G = [f"G.G{number}" for number in range(1, 7)]


@pytest.fixture(scope="module")
def table(mock: MockCity) -> pd.DataFrame:
    """Return the responses with their fault labels."""
    faults = mock.truth.faults[["response_id", "fault", "detail"]]
    return mock.responses().to_pandas().merge(faults, on="response_id", how="left")


def test_shares_are_as_planned(table: pd.DataFrame) -> None:
    share = table["fault"].value_counts() / len(table)
    assert 0.035 < share["straight-line"] < 0.06
    assert 0.006 < share["duplicate"] < 0.015
    assert share["fabricated"] < 0.03
    assert share["coached"] < 0.01


def test_straight_liners_give_one_answer_down_each_matrix(table: pd.DataFrame) -> None:
    rows = table[table["fault"] == "straight-line"]
    assert (rows[E].nunique(axis=1) == 1).all()
    assert (rows[G].nunique(axis=1) == 1).all()
    honest = table[table["fault"].isna() & table["A1"].notna()]
    assert (honest[E].nunique(axis=1) == 1).mean() < 0.01
    assert rows["seconds"].median() < 0.6 * honest["seconds"].median()


def test_duplicates_copy_a_response_without_faults(mock: MockCity, table: pd.DataFrame) -> None:
    answers = [item.name for item in mock.questionnaire.items]
    by_id = table.set_index("response_id")
    copies = table[table["fault"] == "duplicate"].set_index("response_id")
    assert copies["detail"].isin(by_id.index).all()
    originals = by_id.loc[copies["detail"]]
    assert originals["fault"].isna().all()
    left, right = (frame[answers].fillna(-9).to_numpy() for frame in (copies, originals))
    assert (left != right).sum(axis=1).max() <= 1
    assert (copies["psu"].to_numpy() == originals["psu"].to_numpy())[copies["psu"].notna()].all()
    assert (copies["submitted"].to_numpy() > originals["submitted"].to_numpy()).all()
    texts = mock.texts().to_pandas()
    first = texts[texts["item"] == "H1"].set_index("response_id")["text"]
    for copy, original in copies["detail"].head(20).items():
        assert first.get(copy) == first.get(original)


def test_one_interviewer_fabricates_everything(table: pd.DataFrame) -> None:
    rows = table[table["fault"] == "fabricated"]
    assert rows["interviewer"].nunique() == 1
    name = rows["interviewer"].iloc[0]
    assert set(rows["detail"]) == {name}
    own = table[(table["interviewer"] == name) & table["A1"].notna()]
    assert (own["fault"] == "fabricated").all()
    assert (rows[E] == 98).sum().sum() == 0
    assert (rows["submitted"].dt.hour >= 19).all()
    others = table[table["fault"].isna() & (table["mode"] == "household") & table["A1"].notna()]
    assert rows[E].drop_duplicates().shape[0] > 4
    invented, honest = (_closest(frame[E].to_numpy()[:70]) for frame in (rows, others))
    assert np.median(invented) >= 18 > np.median(honest) + 1


def _closest(answers: np.ndarray) -> np.ndarray:
    """Return, for each row, the largest number of answers shared with another row."""
    same = (answers[:, None, :] == answers[None, :, :]).sum(axis=2)
    np.fill_diagonal(same, 0)
    return np.asarray(same.max(axis=1))


def test_two_communities_were_coached_in_the_last_wave(mock: MockCity, table: pd.DataFrame) -> None:
    rows = table[table["fault"] == "coached"]
    assert set(rows["wave"]) == {"W2"}
    assert rows["psu"].nunique() == 2
    everyone = table[(table["wave"] == "W2") & (table["mode"] == "household") & table["psu"].isin(rows["psu"].unique())]
    assert (everyone.loc[everyone["A1"].notna(), "fault"] == "coached").all()
    assert (rows[E] == 1).mean().mean() > 0.85
    assert (rows[E] == 98).sum().sum() == 0
    assert (rows["A1"] == 1).all()
    assert (rows["A3"] == 12).mean() > 0.85
    assert rows["I1"].eq(1).mean() > table["I1"].eq(1).mean() + 0.05
    districts = mock.city.frame.set_index("psu")["district"]
    weak = {entry.district for entry in mock.truth.plan.weak}
    assert sorted(districts[psu] in weak for psu in rows["psu"].unique()) == [False, True]


def test_the_fabricator_works_where_nothing_else_was_planted(mock: MockCity, table: pd.DataFrame) -> None:
    rows = table[table["fault"] == "fabricated"].merge(mock.city.frame, on="psu")
    named = {entry.district for entry in (*mock.truth.plan.weak, *mock.truth.plan.changes)}
    assert not set(rows["district"]) & named


def test_a_city_without_faults_has_the_same_people() -> None:
    spec = {"districts": 2, "texts": False}
    honest, faulty = draw(MockSpec(**spec, faults=False)), draw(MockSpec(**spec))
    assert len(honest.truth.faults) == 0
    left, right = (city.responses().drop_columns(["submitted", "seconds"]).to_pandas() for city in (honest, faulty))
    touched = left["response_id"].isin(faulty.truth.faults["response_id"])
    assert 0 < touched.mean() < 0.25
    # a change in one part does not affect the others
    pd.testing.assert_frame_equal(left[~touched], right[~touched])


def test_small_cities_still_get_their_faults() -> None:
    city = draw(MockSpec(seed=5, districts=1, streets_per_district=1, communities_per_street=2, waves=1, texts=False))
    assert {"coached", "fabricated"} <= set(city.truth.faults["fault"])
    assert np.isin(city.truth.faults["response_id"], city.responses()["response_id"].to_pylist()).all()
