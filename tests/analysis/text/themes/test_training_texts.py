"""Training texts: all of few texts; of many a part that later answers leave as it is, whatever their number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.themes import training_texts as module
from analysis.text.themes.training_texts import _round, training_texts


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 20)


def names(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 1 << 63, count, dtype=np.int64)


def test_few_texts_all_train_the_model() -> None:
    some = names(20)
    assert training_texts(np.tile(some, 3), np.arange(60)).tolist() == np.unique(some).tolist()


@given(st.integers(1, 10**12))
def test_a_round_number_is_at_least_eight_ninths(number: int) -> None:
    assert 8 * number <= 9 * _round(number) <= 9 * number
    assert _round(_round(number)) == _round(number)


@settings(max_examples=30)
@given(st.integers(21, 2000), st.integers(0, 200), st.integers(0, 99))
def test_later_answers_change_nothing_until_the_next_round_number(before: int, more: int, seed: int) -> None:
    every = names(before + more, seed)
    arrival = np.arange(before + more) // 7
    first, then = training_texts(every[:before], arrival[:before]), training_texts(every, arrival)
    assert len(then) <= 20
    assert (np.diff(then) > 0).all()
    assert np.isin(then, every).all()
    if _round(before) == _round(before + more):
        assert first.tolist() == then.tolist()


def test_the_order_of_the_rows_of_different_imports_does_not_matter() -> None:
    every, arrival = names(500), np.arange(500)
    mixed = np.random.default_rng(3).permutation(500)
    assert training_texts(every[mixed], arrival[mixed]).tolist() == training_texts(every, arrival).tolist()
