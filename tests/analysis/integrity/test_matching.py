"""Likeness with the nearest response of every cluster: block by block it is what comparing every pair gives."""

import numpy as np
import pytest

from analysis.integrity import matching
from analysis.integrity.matching import STEPS, nearest_by_cluster
from survey.instrument.question import BLANK
from survey.quality.sheet import NULL


@pytest.mark.parametrize(("size", "count", "chunk"), [(40, 5, 7), (40, 40, 7), (1, 1, 7), (23, 3, 64)])
def test_every_pair_is_compared(size: int, count: int, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "CHUNK", chunk)
    rng = np.random.default_rng(size + count)
    codes = rng.choice(np.array([1, 2, 3, NULL, BLANK], dtype=np.int16), (size, 9))
    cluster = np.sort(np.concatenate([np.arange(count), rng.integers(0, count, size - count)]))
    asked = (codes != NULL) & (codes != BLANK)
    alike = ((codes[:, None] == codes[None]) & asked[:, None]).sum(axis=2)
    np.fill_diagonal(alike, 0)
    expected = np.stack([alike[:, cluster == one].max(axis=1) for one in range(count)], axis=1)
    found = nearest_by_cluster(codes, cluster, count)
    assert found.dtype == np.uint8
    assert found.tolist() == np.rint(expected * np.float32(STEPS / 9)).astype(int).tolist()
