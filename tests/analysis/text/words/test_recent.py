"""Recent: what was not asked for lately is made again, what a batch asks for is there."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from analysis.text.words.recent import Recent


@given(st.lists(st.lists(st.integers(0, 20), max_size=12), max_size=20))
def test_every_batch_is_answered(batches: list[list[int]]) -> None:
    recent = Recent[int, str](8)
    for batch in batches:
        known = recent.of(batch, lambda missing: map(str, missing))
        assert [known[key] for key in batch] == list(map(str, batch))


def test_only_what_is_missing_is_made_and_the_old_is_forgotten() -> None:
    made: list[int] = []

    def make(missing: Sequence[int]) -> list[int]:
        made.extend(missing)
        return [-one for one in missing]

    recent = Recent[int, int](4)
    for batch in ([1, 2, 1], [2, 3], [1, 4, 5, 6], [7], [1, 2]):
        recent.of(batch, make)
    assert made == [1, 2, 3, 4, 5, 6, 7, 2]
