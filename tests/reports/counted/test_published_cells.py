"""Cells of a publication: the kept ones are those of its rows, another publication or a damaged file has its own."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from reports.counted import published_cells
from reports.fieldwork.deriving import derive
from reports.fieldwork.kept.samples import keep_published_samples, lacks_published_samples
from reports.publishing.publication import as_published
from survey.host.access import Role
from survey.quality.publishing.publication import current_publication
from survey.study.study import Study, load_study
from tests.reports.counted.histories import History
from tests.reports.counted.test_cells import assert_same, found, kept


@pytest.fixture
def study(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A copy that a test may change; its published cells are kept however few they are."""
    monkeypatch.setattr(published_cells, "KEEP_FROM", 1)
    return load_study(shutil.copytree(city, tmp_path / "city"))


def test_kept_cells_of_a_publication_are_those_of_its_rows(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keep_published_samples(study) == 0  # nothing is published yet, and nothing is published here
    shown = as_published(study, Role.LEADER)
    first = found(shown)
    assert lacks_published_samples(study)
    derive(study)
    assert not lacks_published_samples(study)
    assert keep_published_samples(study) == 0
    with monkeypatch.context() as patch:
        patch.setattr(published_cells, "shown_of", lambda *_: pytest.fail("looked for what is kept"))
        assert_same(found(shown), first)
    assert_same(found(shown, rebuild=True), first)
    shutil.rmtree(study.root / "store" / "cells")
    assert_same(found(shown), first)


def test_another_publication_and_a_damaged_file_are_counted(study: Study) -> None:
    as_published(study, Role.LEADER)
    before = keep_published_samples(study)
    assert before == 2
    history = History(study, 3)
    history.append()
    later = replace(history.study, publication=current_publication(history.study).number)
    assert_same(found(later), found(later, rebuild=True))
    for path in kept(study):
        path.write_bytes(path.read_bytes()[:-100])
    assert_same(found(later), found(later, rebuild=True))
