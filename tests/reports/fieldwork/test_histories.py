"""Whatever happens to answers, what is kept of lights, checks and texts is what a rebuild gives, bit for bit."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from reports.counted import kept_correlations
from reports.fieldwork import data_quality, kept_checks, kept_comparisons, kept_report, weighting
from reports.fieldwork.data_quality import fieldwork
from reports.fieldwork.deriving import rounds
from reports.fieldwork.kept import district_rows, flags, norms, tally, usual, written
from reports.selection import Selection
from reports.voices.kept import digests
from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.city_folder import imported_city
from tests.reports.counted.histories import History


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A small city whose results are kept however few its answers are."""
    monkeypatch.setattr(kept_correlations, "KEEP_FROM", 1)
    monkeypatch.setattr(data_quality, "COMPARED", 0)
    monkeypatch.setattr(digests, "KEEP_FROM", 1)
    size = {"districts": 2, "streets_per_district": 2, "communities_per_street": 2, "responses": 240}
    return load_study(imported_city(tmp_path / "city", **size))


def shown(study: Study) -> Iterator[tuple[str, Any]]:
    """Yield what 数据质量 shows of every wave and mode."""
    for one in rounds(study):
        work = fieldwork(study, one.wave, one.mode, one.version)
        effect, out, decided = work.sensitivity()
        name = f"{one.wave} {one.mode}"
        found = work.integrity()
        yield f"{name} report", (bits(found.interviewers), bits(found.areas), bits(found.evidence))
        yield f"{name} checks", bits(work.summary())
        yield f"{name} groups", bits(work.flag_groups())
        yield f"{name} flags", bits(work.flags())
        yield f"{name} hasty", work.hasty()
        yield f"{name} effect", (bits(effect), out, decided)
        yield f"{name} weights", repr(weighting.weight_spreads(study, Selection(waves=(one.wave,), mode=one.mode)))


def test_answers_in_one_district_leave_the_comparison_of_another(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, one = study.root / "store" / "lights", next(rounds(study))
    before = fieldwork(study, one.wave, one.mode).integrity()
    kept = set(folder.glob("*.compared"))
    store = ResponseStore(study.root / "store")
    rows = store.read(waves=[one.wave])
    rows = rows.filter(pc.equal(rows["mode"], one.mode)).slice(0, 3)
    rows = rows.set_column(rows.column_names.index("response_id"), "response_id", pa.array(["new1", "new2", "new3"]))
    store.commit(ImportBatch(one.wave, rows, TEXTS.empty_table(), pa.table({})), expected=store.version)
    after = fieldwork(study, one.wave, one.mode).integrity()
    assert (len(kept), len(set(folder.glob("*.compared")) - kept)) == (2, 1)
    home = study.areas.frame.set_index("psu")["district"][rows["psu"][0].as_py()]
    match = [found.evidence[found.evidence["signal"].eq("match")].set_index("unit") for found in (before, after)]
    elsewhere = before.interviewers.loc[before.interviewers["district"] != home, "unit"]
    assert len(elsewhere)
    for name in ("value", "expected", "p"):
        assert match[0].loc[elsewhere, name].tolist() == match[1].loc[elsewhere, name].tolist()


def bits(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(one.hex() if isinstance(one, float) else repr(one) for one in row) for row in table.to_numpy(object)]


def rebuilt(study: Study, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the same from the answers alone."""
    with monkeypatch.context() as patched:
        for module in (digests, kept_checks, kept_report, weighting):
            patched.setattr(module, "kept_tables", lambda _path, make, _most: make())
        for module in (kept_comparisons, norms, usual, written):
            patched.setattr(module, "read_arrays", lambda _path: None)
            patched.setattr(module, "keep_arrays", lambda *_: None)
        for module in (district_rows, flags, tally):
            patched.setattr(module, "read_latest", lambda _paths: (None, 0))
            patched.setattr(module, "keep_arrays", lambda *_: None)
        return dict(shown(study))


@pytest.mark.parametrize(("steps", "kinds"), [(2, 2), pytest.param(16, 5, marks=pytest.mark.slow)])
def test_a_history_leaves_what_a_rebuild_gives(
    study: Study, monkeypatch: pytest.MonkeyPatch, steps: int, kinds: int
) -> None:
    history, seen = History(study, seed=2), set[str]()
    for _ in range(steps):
        did = history.step()
        history.study = replace(history.study, publication=0, questionnaire=study.questionnaire)
        seen.add(did)
        assert dict(shown(history.study)) == rebuilt(history.study, monkeypatch), did
    assert len(seen) >= kinds
    kept = dict(shown(history.study))
    for name in ("lights", "cells", "textcache"):
        assert (study.root / "store" / name).is_dir()
        shutil.rmtree(study.root / "store" / name)
    assert dict(shown(history.study)) == kept
