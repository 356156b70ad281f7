import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.errors import ArgumentError
from survey.mock import MockSpec, draw


def test_default_city_has_the_documented_size() -> None:
    spec = MockSpec()
    assert (spec.districts, spec.districts * spec.streets_per_district, spec.sampled) == (8, 40, 160)
    assert (spec.interviews, spec.online_responses) == (5760, 1440)


@given(st.integers(2000, 10**6), st.booleans())
def test_responses_are_counted_to_the_last_one(total: int, online: bool) -> None:
    spec = MockSpec(responses=total, online=online)
    assert spec.interviews + spec.online_responses == total


def test_drawn_answers_are_exactly_as_many_as_asked_for() -> None:
    city = draw(MockSpec(districts=2, responses=1001, waves=3, texts=False))
    assert sum(len(draft.people) for draft in city.drafts) == 1001
    assert [draft.people.wave for draft in city.drafts] == ["W1", "W2", "W3", "W3"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"districts": 81}, ["区县数", "81", "1 到 80"]),
        ({"waves": 0}, ["调查轮次"]),
        ({"seed": -1}, ["随机种子"]),
        ({"responses": 100}, ["答卷总数太少", "100", "至少"]),
    ],
)
def test_limits_are_reported_in_chinese(changes: dict[str, int], words: list[str]) -> None:
    with pytest.raises(ArgumentError) as error:
        MockSpec(**changes)
    assert all(word in str(error.value) for word in words)


def test_the_smallest_documented_number_is_accepted() -> None:
    with pytest.raises(ArgumentError) as error:
        MockSpec(responses=1)
    least = int(str(error.value).split("至少 ")[1].split(" ")[0])
    assert MockSpec(responses=least).interviews >= 2 * 160 * 2
