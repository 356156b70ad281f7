"""Twins by sums of halves are what comparing every answer finds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.instrument.question import BLANK
from survey.quality import duplicates
from survey.quality.duplicates import LEAST, Marks, shared, twins
from survey.quality.sheet import NULL

WIDTH = 30
WEIGHTS = np.random.default_rng(1).integers(1, 2**62, WIDTH, dtype=np.int64) | 1
HALVES = WEIGHTS[: WIDTH // 2], WEIGHTS[WIDTH // 2 :]


def marks(codes: np.ndarray, group: np.ndarray, submitted: np.ndarray) -> Marks:
    parts = codes[:, : WIDTH // 2], codes[:, WIDTH // 2 :]
    sums = [part.astype(np.int64) @ weight for part, weight in zip(parts, HALVES, strict=True)]
    known = ((codes != NULL) & (codes != BLANK)).sum(axis=1)
    return Marks(group, submitted, np.stack(sums, axis=1), known, np.stack([(p != NULL).any(axis=1) for p in parts], 1))


def brute(codes: np.ndarray, group: np.ndarray, submitted: np.ndarray) -> dict[int, float]:
    """Return the share of equal answers of every row with a twin just before it among those with an equal half."""
    found: dict[int, float] = {}
    for half in (slice(0, WIDTH // 2), slice(WIDTH // 2, WIDTH)):
        last: dict[tuple[object, ...], int] = {}
        for row in sorted(range(len(codes)), key=lambda at: (submitted[at], at)):
            key = (group[row], codes[row, half].tobytes())
            other = last.get(key)
            last[key] = row
            if other is None or group[row] < 0 or not (codes[row, half] != NULL).any():
                continue
            differ = int((codes[row] != codes[other]).sum())
            base = int(((codes[row] != NULL) & (codes[row] != BLANK) & (codes[other] != NULL)).sum())
            if differ <= 1 and base >= LEAST:
                found[row] = max(found.get(row, 0.0), 1 - differ / base)
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 25))
def test_twins_are_those_of_a_comparison_of_every_answer(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    base = rng.choice(
        np.array([1, 2, 3, 98, BLANK, NULL], dtype=np.int16), (3, WIDTH), p=[0.3, 0.3, 0.2, 0.1, 0.05, 0.05]
    )
    codes = base[rng.integers(0, 3, size)].copy()
    for _ in range(size):  # single answers are changed, dropped or left blank
        codes[rng.integers(size), rng.integers(WIDTH)] = rng.choice([1, 4, 32_000, BLANK, NULL])
    group, submitted = rng.integers(-1, 2, size), rng.integers(0, 5, size)
    rows, share = twins(marks(codes, group, submitted), HALVES)
    assert dict(zip(rows.tolist(), share.tolist(), strict=True)) == pytest.approx(brute(codes, group, submitted))


def test_responses_of_other_places_change_nothing() -> None:
    rng = np.random.default_rng(4)
    codes = np.repeat(rng.integers(1, 4, (4, WIDTH)).astype(np.int16), 3, axis=0)
    group, when = np.arange(12) % 2, np.arange(12)
    whole = marks(codes, group, when)
    rows, share = twins(whole, HALVES)
    here = np.flatnonzero(group == 1)
    some, again = twins(whole.some(here), HALVES)
    assert here[some].tolist() == [row for row in rows.tolist() if group[row] == 1]
    assert again.tolist() == share[group[rows] == 1].tolist()
    assert len(some)
    apart = replace(whole, group=np.arange(12))
    assert not len(twins(apart, HALVES)[0])


def test_senders_are_counted_by_device_or_address() -> None:
    sender = np.array([[5, 0], [5, 7], [0, 7], [0, 7], [0, 0], [9, 0]])
    assert shared(sender).tolist() == [2, 3, 3, 3, 1, 1]
    assert duplicates.SENDERS == ("device_key", "ip_key")
