"""The audience of outreach counted part by part is that of one table of all answers that count, bit for bit."""

import shutil
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pandas as pd
import pytest

from analysis.estimation import pooled_deff
from analysis.estimation.pooled_deff import correlations
from reports.audience import heard
from reports.audience.heard import Heard, hear, heard_by, keep_heard
from reports.counted import answers, cells, counted_parts, kept_correlations
from reports.plans.outreach import reach, widest
from reports.sample import gather
from reports.selection import Selection
from survey.host.access import Role
from survey.study.study import Study, load_study
from tests.reports.counted.histories import History
from tests.variants import slow_but


def selection_of(study: Study) -> Selection:
    role = Role.LEADER if study.publication else Role.ANALYST
    return Selection(mode="household", without_excluded=study.without_excluded, role=role)


def from_rows(study: Study) -> Heard:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heard, "counted_cells", lambda *_, **__: None)
        return hear(study, selection_of(study))


HISTORIES = [(3, 100, 3), (1, counted_parts.LARGE_PART, 6), (3, 100, 6)]


@pytest.mark.parametrize(("seed", "large", "steps"), slow_but(HISTORIES[:1], HISTORIES))
def test_parts_and_rows_give_the_same_audience(
    city: Path, tmp_path: Path, seed: int, large: int, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted_parts, "LARGE_PART", large)
    monkeypatch.setattr(answers, "LARGE_PART", large)
    history = History(load_study(copytree(city, tmp_path / "city")), seed)
    for _ in range(steps):
        history.step()
        mine, other = hear(history.study, selection_of(history.study)), from_rows(history.study)
        asked = mine.gathered.newest(selection_of(history.study))
        table = reach(mine, asked)
        pd.testing.assert_frame_equal(table, reach(other, asked), check_exact=True)
        assert widest(mine, asked) == tuple(table.loc[table["bookable"], "label"])
        factors = (one.audience.sample.weights.factor for one in (mine, other))
        assert len({factor.tobytes() for factor in factors}) == 1
        for unaware in (False, True):
            ours, theirs = (one.audience.patterns(asked.wave, unaware=unaware) for one in (mine, other))
            assert np.array_equal(ours.uses, theirs.uses)
            assert ours.persons.tobytes() == theirs.persons.tobytes()
            assert ours.total > 0


@pytest.mark.parametrize(("seed", "steps"), slow_but([(2, 3)], [(2, 3), (2, 6), (5, 6)]))
def test_what_is_kept_beside_the_store_changes_nothing(
    city: Path, tmp_path: Path, seed: int, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (cells, kept_correlations):
        monkeypatch.setattr(module, "KEEP_FROM", 1)
    history = History(load_study(copytree(city, tmp_path / "city")), seed)
    folder, recalled = history.study.root / "store" / "cells", 0
    for _ in range(steps):
        history.step()
        keep_heard(history.study)
        asked = selection_of(history.study)
        tables = []
        for _ in range(2):
            found = hear(history.study, asked)
            names = [found.audience.channels.aware.name, *found.audience.channels.made]
            recalled += pooled_deff._kept(found.audience.sample.basis, names[0]) is not None
            asked = found.gathered.newest(asked)
            tables.append((reach(found, asked), correlations(found.audience.sample.basis, names)))
            shutil.rmtree(folder, ignore_errors=True)
        pd.testing.assert_frame_equal(tables[0][0], tables[1][0], check_exact=True)
        assert tables[0][1].tobytes() == tables[1][1].tobytes()
    assert recalled


def test_it_is_kept_with_the_sample_of_its_answers(city: Path) -> None:
    study = load_study(city)
    gathered = gather(study, selection_of(study))
    assert heard_by(gathered, selection_of(study)) is heard_by(gathered, replace(selection_of(study), waves=("W1",)))
