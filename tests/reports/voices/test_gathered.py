"""The sample behind open answers is made once for a selection, and again for another study, wave or set of people."""

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from analysis.text import reader
from reports.definitions import headlines
from reports.selection import Selection
from reports.voices import gathered as gathering
from reports.voices.asked import TextSelection
from reports.voices.gathered import gathered
from reports.voices.open_answers import NOWHERE, load_answers
from reports.voices.shares import theme_shares
from survey.errors import ArgumentError
from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study


def test_what_summaries_share(city: Path) -> None:
    study = load_study(city)
    answers, asked = load_answers(study, "H1"), TextSelection(Selection(waves=("W2",)), "H1")
    first = gathered(study, answers, asked)
    assert gathered(study, answers, replace(asked, once=True)) is first
    assert gathered(replace(study, without_excluded=True), answers, asked) is not first
    earlier = gathered(study, answers, asked.in_wave("W1"))
    assert set(earlier.linked["wave"].to_pylist()) == {"W1"}
    every = [theme_shares(study, answers, replace(asked, once=flag)).estimates.table for flag in (False, True)]
    assert not every[0]["estimate"].equals(every[1]["estimate"])
    assert every[0].equals(theme_shares(study, load_answers(study, "H1"), replace(asked, once=False)).estimates.table)
    with pytest.raises(ArgumentError, match="还没有答卷"):
        gathered(study, answers, TextSelection(Selection(waves=("W2",), mode="nowhere"), "H1"))


def test_known_texts_need_no_rules(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study(city)
    before = load_answers(study, "H1")

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("every text is known, and still a reader was wanted")

    monkeypatch.setattr(reader, "read_chunks", fail)
    again = load_answers(study, "H1")
    assert again.table.equals(before.table)
    assert again.digests == before.digests


def screened_out(root: Path) -> Study:
    """Return the study after an import of people who were not asked the headline questions."""
    study, store = load_study(root), ResponseStore(root / "store")
    rows = store.read(waves=["W2"])
    rows = rows.take(list(range(0, rows.num_rows, rows.num_rows // 30))).slice(0, 30)  # of every mode
    heads = {name for rate in headlines(study) for name in rate.columns}
    for at, name in enumerate(rows.column_names):
        if name in heads:
            rows = rows.set_column(at, name, pa.nulls(30, rows[name].type))
        if name == "response_id":
            rows = rows.set_column(at, name, pa.array([f"out{one}" for one in range(30)]))
    store.commit(ImportBatch("W2", rows, TEXTS.empty_table(), pa.table({})), expected=store.version)
    return study


def test_who_was_asked_is_counted_from_cells_as_from_responses(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = screened_out(shutil.copytree(city, tmp_path / "city"))
    for mode in ("household", "online", ""):
        asked = TextSelection(Selection(waves=("W2",), mode=mode), "H1")
        counted = gathered(study, load_answers(study, "H1"), asked)
        with monkeypatch.context() as patch:
            patch.setattr(gathering, "asked_cells", lambda *_: None)
            read = gathered(study, load_answers(study, "H1"), asked)
            ages, who = read.count("age"), read.asked(NOWHERE)
        assert counted.count("age").sort_index().to_dict() == ages.sort_index().to_dict()
        assert (counted.count("nothing").to_dict(), read.count("nothing").to_dict()) == ({}, {})
        assert [one.tolist() for one in counted.asked(NOWHERE)] == [one.tolist() for one in who]
        assert 0 < who[0].sum() < ages.sum()
