"""Memory and time limits of a parser grow with the file up to a maximum."""

from hypothesis import given
from hypothesis import strategies as st

from survey.readers.files.limits import FIRST_MEMORY, MEMORY, SECONDS, allowance


def test_a_small_file_gets_a_quarter_of_the_memory_and_seconds() -> None:
    memory, seconds = allowance(10_000)
    assert memory < MEMORY / 3
    assert seconds < 10


def test_the_largest_workbook_gets_all_memory_and_time() -> None:
    assert allowance(300 * 2**20) == (MEMORY, SECONDS)


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_a_larger_file_never_gets_less(one: int, other: int) -> None:
    (little, short), (much, long) = allowance(min(one, other)), allowance(max(one, other))
    assert FIRST_MEMORY <= little <= much <= MEMORY
    assert short <= long <= SECONDS
