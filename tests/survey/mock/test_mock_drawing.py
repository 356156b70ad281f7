import pyarrow as pa
import pytest

from survey.mock import MockCity, MockSpec, draw
from survey.storage.import_batch import TEXTS
from survey.storage.store import W_SCALE
from survey.study.responses import response_schema


def test_same_seed_same_city(mock: MockCity) -> None:
    again = draw(MockSpec())
    assert again.responses().equals(mock.responses())
    assert again.texts().equals(mock.texts())
    assert again.truth.rates.equals(mock.truth.rates)
    assert again.truth.faults.equals(mock.truth.faults)


def test_another_seed_is_another_city(mock: MockCity) -> None:
    other = draw(MockSpec(seed=2))
    assert other.city.areas != mock.city.areas
    assert not other.responses()["A1"].equals(mock.responses()["A1"])


def test_answers_do_not_depend_on_the_texts(mock: MockCity) -> None:
    without = draw(MockSpec(texts=False))
    assert without.texts().num_rows == 0
    names = ["response_id", "psu", "w_fx", "A1", "E0", "E.E5", "B1.3"]
    untouched = pa.array([True] * mock.responses().num_rows)
    left, right = (city.responses().select(names).filter(untouched) for city in (mock, without))
    changed = sum(a != b for a, b in zip(left.to_pylist(), right.to_pylist(), strict=True))
    # only coached and copied responses may differ, because slogans use additional draws
    assert changed <= len(mock.truth.faults) + len(without.truth.faults)


def test_tables_have_the_schema_of_the_store(mock: MockCity) -> None:
    responses = mock.responses()
    assert responses.schema.equals(response_schema(mock.questionnaire))
    assert mock.texts().schema.equals(TEXTS)
    assert responses["response_id"].combine_chunks().unique().__len__() == responses.num_rows == 7200
    assert responses["row_hash"].null_count == responses.num_rows


def test_online_answers_carry_no_weight_and_no_interviewer(mock: MockCity) -> None:
    online = mock.responses(modes=("online",))
    assert set(online["w_fx"].to_pylist()) == {W_SCALE}
    assert online["interviewer"].null_count == online.num_rows
    assert online["A3"].null_count == online.num_rows
    assert 0 < online["psu"].null_count < 0.1 * online.num_rows
    assert set(online["wave"].to_pylist()) == {"W2"}


def test_a_city_without_online_sample() -> None:
    city = draw(MockSpec(districts=2, online=False, texts=False))
    assert {draft.people.mode for draft in city.drafts} == {"household"}


@pytest.mark.parametrize("measure", ["awareness", "support", "participation", "satisfaction"])
def test_targets_are_marked_as_mock(mock: MockCity, measure: str) -> None:
    row = mock.targets.set_index("measure").loc[measure]
    assert row["source"] == "模拟"
    assert 0 < row["target"] <= 100
