"""Kept verdicts are those that a sample gives, bit for bit, whatever happened to its answers, targets and lights."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.estimation.estimates import Estimates
from reports import verdicts
from reports.counted import kept_correlations
from reports.definitions import headlines
from reports.fieldwork.kept import verdicts as kept
from reports.overview.judging_ahead import judge_ahead
from reports.overview.people import people_tables
from reports.sample import gather
from reports.selection import Selection
from reports.verdicts import judged
from survey.host.access import Role
from survey.study.study import Study, load_study
from tests.city_folder import imported_city
from tests.reports.counted.histories import History

ANALYST = Selection(mode="household", role=Role.ANALYST, scope=None)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported_city(
        tmp_path_factory.mktemp("verdicts") / "city", districts=3, streets_per_district=3, communities_per_street=2,
        texts=False,
    )  # fmt: skip


@pytest.fixture
def study(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A copy that a test may change; its verdicts are kept however few its answers are, and no light is red."""
    monkeypatch.setattr(kept_correlations, "KEEP_FROM", 1)
    monkeypatch.setattr(verdicts, "red_areas", lambda *_: frozenset())
    return load_study(shutil.copytree(whole, tmp_path / "city"))


def asked_of(study: Study, of: Selection = ANALYST) -> Iterator[Estimates]:
    """Judge the city, its areas, groups, one district and several waves; once against the city."""
    gathered = gather(study, of)
    rates = gathered.newest(of).asking([rate.name for rate in headlines(study)])
    for by in ((), ("district",), ("street",), ("age",), ("wave",), ("district", "wave")):
        yield judged(gathered, rates.asking(rates.items, by))
    district = str(gathered.sample.cells.codes("district")[1][0])
    yield judged(gathered, rates.asking(rates.items, ("sex",)).within(district=district))
    yield judged(gathered, rates.asking(rates.items, ("district",)), 0.05)


def files(study: Study) -> set[str]:
    return {path.name for path in (study.root / "store" / "cells").glob("*.verdicts")}


def same(found: Iterator[Estimates], others: Iterator[Estimates]) -> None:
    for one, other in zip(found, others, strict=True):
        pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
        assert dict(one.meta) == dict(other.meta)


def forbid(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verdicts, "_judged", lambda *_: pytest.fail("judged what is kept"))


def test_kept_verdicts_are_those_that_were_made(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list(asked_of(study))
    assert len(files(study)) == len(made)
    forbid(monkeypatch)
    same(asked_of(study), iter(made))


@pytest.mark.parametrize("seed", [3, 11])
def test_a_history_leaves_what_is_judged_anew(seed: int, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(study, seed)
    for _ in range(6):
        history.step()
        if history.study.publication:
            continue
        first = list(asked_of(history.study))
        with monkeypatch.context() as patch:
            forbid(patch)
            same(asked_of(history.study), iter(first))
        with monkeypatch.context() as patch:
            patch.setattr(verdicts, "kept_verdicts", lambda *given: given[-1]())
            same(asked_of(history.study), iter(first))


def other_targets(study: Study) -> Study:
    return replace(study, targets=study.targets.assign(target=study.targets["target"] + 1.0))


CHANGES: dict[str, Any] = {
    "targets": other_targets,
    "false calls": lambda study: replace(study, sections={**study.sections, "verdict": {"false_calls": 0.02}}),
    "suppression": lambda study: replace(study, suppression=study.suppression + 5),
    "waves": lambda study: replace(study, waves=study.waves[::-1]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_verdicts_are_made_again_where_what_decides_them_changes(change: str, study: Study) -> None:
    list(asked_of(study))
    before = files(study)
    list(asked_of(CHANGES[change](study)))
    assert len(files(study)) == 2 * len(before)


def test_other_lights_make_other_verdicts(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    list(asked_of(study))
    before = files(study)
    monkeypatch.setattr(kept, "path_of", lambda _, one: Path(f"other {one.wave} {one.mode}"))
    list(asked_of(study))
    assert len(files(study)) == 2 * len(before)


def test_nothing_is_kept_for_readers_filters_opinions_and_answers_that_are_being_checked(study: Study) -> None:
    gathered = gather(study, ANALYST)
    rates = gathered.newest(ANALYST).asking([rate.name for rate in headlines(study)], ("district",))
    judged(gathered, replace(rates, conditions=(("sex", ("男",)),)))
    judged(gathered, replace(rates, scope=frozenset({"D1"})))
    judged(replace(gathered, unchecked=frozenset({"W2"})), rates)
    judged(gathered, rates.asking(rates.items), lines=dict.fromkeys(rates.items, 0.5))
    opinions = replace(ANALYST, mode="online")
    judged(gather(study, opinions), replace(rates, mode="online"))
    assert not files(study)


def test_a_damaged_file_is_ignored_and_written_again(study: Study) -> None:
    made = list(asked_of(study))
    for path in (study.root / "store" / "cells").glob("*.verdicts"):
        path.write_bytes(path.read_bytes()[:-9])
    same(asked_of(study), iter(made))


def test_pages_find_what_is_judged_ahead(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    judge_ahead(study)
    before = files(study)
    forbid(monkeypatch)
    gathered = gather(study, ANALYST)
    rates = gathered.newest(ANALYST).asking([rate.name for rate in headlines(study)])
    people_tables(gathered, rates)
    for level in ((), ("district",), ("street",)):
        judged(gathered, rates.asking(rates.items, level))
    assert files(study) == before
