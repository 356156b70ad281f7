"""What is kept of single answers lies in folders that a withdrawal removes."""

from pathlib import Path

import pytest

from reports.fieldwork import data_quality
from reports.fieldwork.data_quality import fieldwork
from reports.fieldwork.deriving import rounds
from survey.storage.deletion.purge import DERIVED
from survey.study.study import load_study
from tests.city_folder import imported_city

OF_ANSWERS = (".flagged", ".tally", ".interviews")
"""Suffixes of files with figures of single answers, or of the few of an interviewer in a sampling point."""


def test_figures_of_single_answers_go_with_the_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_quality, "COMPARED", 0)
    size = {"districts": 2, "streets_per_district": 2, "communities_per_street": 2, "responses": 1_200}
    study = load_study(imported_city(tmp_path / "city", **size))
    for one in rounds(study):
        work = fieldwork(study, one.wave, one.mode, one.version)
        work.integrity()
        work.flags()
    store = study.root / "store"
    for suffix in OF_ANSWERS:
        found = {path.parent.name for path in store.glob(f"*/*{suffix}")}
        assert found, suffix
        assert found <= set(DERIVED["responses"]), suffix
    assert {path.parent.name for path in store.glob("*/*.written")} <= set(DERIVED["texts"])
