"""The audience of outreach counted part by part is that of one table of all answers that count, bit for bit."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pandas as pd
import pytest

from reports.audience import heard
from reports.audience.heard import Heard, hear, heard_by
from reports.counted import answers, cells
from reports.plans.outreach import reach
from reports.sample import gather
from reports.selection import Selection
from survey.host.access import Role
from survey.study.study import Study, load_study
from tests.reports.counted.histories import History


def selection_of(study: Study) -> Selection:
    role = Role.LEADER if study.publication else Role.ANALYST
    return Selection(mode="household", without_excluded=study.without_excluded, role=role)


def from_rows(study: Study) -> Heard:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heard, "counted_cells", lambda *_, **__: None)
        return hear(study, selection_of(study))


@pytest.mark.parametrize(("seed", "large"), [(1, cells.LARGE_PART), (3, 100)])
def test_parts_and_rows_give_the_same_audience(
    city: Path, tmp_path: Path, seed: int, large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "LARGE_PART", large)
    monkeypatch.setattr(answers, "LARGE_PART", large)
    history = History(load_study(copytree(city, tmp_path / "city")), seed)
    for _ in range(6):
        history.step()
        mine, other = hear(history.study, selection_of(history.study)), from_rows(history.study)
        asked = mine.gathered.newest(selection_of(history.study))
        pd.testing.assert_frame_equal(reach(mine, asked), reach(other, asked), check_exact=True)
        factors = (one.audience.sample.weights.factor for one in (mine, other))
        assert len({factor.tobytes() for factor in factors}) == 1
        for unaware in (False, True):
            ours, theirs = (one.audience.patterns(asked.wave, unaware=unaware) for one in (mine, other))
            assert np.array_equal(ours.uses, theirs.uses)
            assert ours.persons.tobytes() == theirs.persons.tobytes()
            assert ours.total > 0


def test_it_is_kept_with_the_sample_of_its_answers(city: Path) -> None:
    study = load_study(city)
    gathered = gather(study, selection_of(study))
    assert heard_by(gathered, selection_of(study)) is heard_by(gathered, replace(selection_of(study), waves=("W1",)))
