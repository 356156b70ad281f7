"""Power cuts during work on the store: acknowledged data survive, and no version is incomplete."""

from pathlib import Path
from unittest.mock import patch

import pytest

from tests.chaos.scenario import Outcome, run


@pytest.mark.parametrize(("seed", "cuts", "stored"), [(1, 10, 40), pytest.param(2, 40, 100, marks=pytest.mark.slow)])
def test_no_power_cut_loses_an_acknowledged_answer(tmp_path: Path, seed: int, cuts: int, stored: int) -> None:
    outcome = Outcome()
    run(tmp_path, seed, steps=8, cuts=cuts, outcome=outcome)
    assert outcome.faults == []
    assert (outcome.lost, outcome.half) == (0, 0)
    assert sum(outcome.cuts.values()) == cuts
    assert set(outcome.cuts) == {"import", "drain", "undo", "exclude", "purge"}
    assert outcome.acknowledged > stored


def test_the_simulated_disk_loses_answers_of_a_store_that_does_not_sync(tmp_path: Path) -> None:
    outcome = Outcome()
    with (
        patch("survey.host.disk.sync"),
        patch("survey.storage.integrity.log.sync"),
        patch("survey.storage.parquet.sync"),
    ):
        run(tmp_path, 3, steps=4, cuts=20, outcome=outcome)
    assert outcome.lost > 0
