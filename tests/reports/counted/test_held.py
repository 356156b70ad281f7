"""What a run holds is what it would make again, whatever happens to the answers meanwhile."""

import shutil
from contextvars import Context
from pathlib import Path

import pytest

from reports.counted import cells
from reports.counted.held import held, holding
from reports.definitions import headlines
from reports.fieldwork.kept.samples import keep_samples
from reports.sample import gather
from reports.selection import Selection
from survey.study.study import Study, load_study
from tests.reports.counted.histories import History
from tests.variants import slow_but

HOUSEHOLD = Selection(mode="household")


@pytest.fixture
def study(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setattr(cells, "KEEP_FROM", 1)
    return load_study(shutil.copytree(city, tmp_path / "city"))


def test_results_are_held_by_key_until_the_run_ends() -> None:
    made = iter(range(10))
    with holding():
        assert [held(lambda: "a", lambda: next(made)) for _ in range(2)] == [0, 0]
        assert held(lambda: "b", lambda: next(made)) == 1
    assert [held(lambda: "a", lambda: next(made)) for _ in range(2)] == [2, 3]


def shown(study: Study) -> tuple[str, str, bytes]:
    """Return what a sample says, and the bits of its headline rates."""
    gathered = gather(study, HOUSEHOLD)
    found = gathered.estimates(HOUSEHOLD.asking([rate.name for rate in headlines(study)], ("district",))).table
    return gathered.sample.label, gathered.exclusions, found.select_dtypes("number").to_numpy().tobytes()


@pytest.mark.parametrize("steps", slow_but([8], [8, 30]))
def test_a_run_holds_no_sample_of_other_answers(study: Study, steps: int) -> None:
    history, seen = History(study, 3), set[bytes]()
    with holding():
        for _ in range(steps):
            history.step()
            now = shown(history.study)
            assert now == Context().run(shown, history.study)
            seen.add(now[2])
    assert len(seen) > 1


def test_a_sample_is_weighted_once(study: Study) -> None:
    keep_samples(study)
    with holding():
        assert gather(study, HOUSEHOLD) is gather(study, HOUSEHOLD.asking(["A1"]).in_wave("W1"))
        assert gather(study, HOUSEHOLD) is not gather(study, HOUSEHOLD, waves=("W1",))
    assert gather(study, HOUSEHOLD) is not gather(study, HOUSEHOLD)
