"""Kept correlations are those that a sample gives, bit for bit, whatever happened to its answers."""

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from analysis.estimation import pooled_deff
from reports.counted import cells, kept_correlations
from reports.definitions import headlines
from reports.fieldwork.kept.samples import keep_samples
from reports.sample import gather
from reports.selection import Selection
from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.reports.counted.histories import History
from tests.variants import slow_but

EVERYONE = tuple(Selection(mode=mode) for mode in ("household", "online"))


@pytest.fixture
def study(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A copy that a test may change; its correlations are kept however few its answers are."""
    for module in (cells, kept_correlations):
        monkeypatch.setattr(module, "KEEP_FROM", 1)
    return load_study(shutil.copytree(city, tmp_path / "city"))


def files(study: Study) -> list[Path]:
    return sorted((study.root / "store" / "cells").glob("*.json"))


def found(study: Study) -> bytes:
    """Return the correlations of the four rates by mode, those of a reader who asks for nothing else."""
    asked = [rate.name for rate in headlines(study)]
    bases = (gather(study, one).sample.basis for one in EVERYONE)
    return b"".join(np.asarray(pooled_deff.correlations(basis, asked)).tobytes() for basis in bases)


@pytest.mark.parametrize("steps", slow_but([3], [3, 5]))
def test_a_history_leaves_what_is_estimated_anew(study: Study, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    history = History(study, 2)
    for _ in range(steps):
        history.step()
        now = history.study
        keep_samples(now)
        if not now.publication:
            with monkeypatch.context() as patch:
                patch.setattr(pooled_deff, "_estimated", lambda *_: pytest.fail("estimated what is kept"))
                kept = found(now) if not now.without_excluded else b""
        else:
            kept = b""
        known = found(now)
        for path in files(now):
            path.unlink()
        assert found(now) == known
        assert kept in (b"", known)


def test_answers_of_one_mode_leave_the_correlations_of_another(study: Study) -> None:
    keep_samples(study)
    before = {path.name for path in files(study)}
    store = ResponseStore(study.root / "store")
    rows = store.read(waves=["W2"])
    rows = rows.filter(pc.equal(rows["mode"], "household")).slice(0, 9)
    named = rows.schema.get_field_index("response_id")
    rows = rows.set_column(named, "response_id", pa.array([f"more-{at}" for at in range(rows.num_rows)]))
    store.commit(ImportBatch("W2", rows, TEXTS.empty_table(), pa.table({})), expected=store.version)
    keep_samples(study)
    now = {path.name for path in files(study)}
    assert len(now - before) == 1  # of the interviews
    kept = found(study)
    for path in files(study):
        path.unlink()
    assert found(study) == kept


@pytest.mark.parametrize("how", ["cut", "another number", "no numbers"])
def test_a_damaged_file_is_named_and_ignored(study: Study, how: str, caplog: pytest.LogCaptureFixture) -> None:
    keep_samples(study)
    first, content = found(study), [path.read_text(encoding="utf-8") for path in files(study)]
    assert len(content) == 2  # interviews and answers from the net
    for path, text in zip(files(study), content, strict=True):
        other = json.loads(text)
        other["icc"][next(iter(other["icc"]))] += 0.1
        broken = {"cut": text[:-20], "another number": json.dumps(other), "no numbers": json.dumps({"icc": 3})}
        path.write_text(broken[how], encoding="utf-8")
    assert found(study) == first
    assert "提前算好的汇总损坏" in caplog.text
