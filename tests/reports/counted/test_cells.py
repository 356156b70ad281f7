"""Cells from kept files, added and removed parts are those of one count of the answers, bit for bit."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.design.cells import Cells
from analysis.design.cube import build_cells
from reports.counted import cells as counting
from reports.counted import counted_parts, kept_cells
from reports.counted.cells import counted_cells
from reports.counted.definition import definition_of
from reports.fieldwork.deriving import derive, derive_at_commit
from reports.fieldwork.kept.samples import keep_samples
from reports.sample import gather, options
from reports.selection import Selection
from survey.errors import DesignError, StoreError
from survey.host.access import Role
from survey.host.engine import EngineSettings
from survey.quality import exclusions
from survey.quality.publishing.shown_rows import SINCE
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.reports.counted.histories import History
from tests.variants import slow_but

EVERYONE = Selection(mode="household")


@pytest.fixture
def study(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A copy that a test may change; its cells are kept however few its answers are."""
    monkeypatch.setattr(counting, "KEEP_FROM", 1)
    return load_study(shutil.copytree(city, tmp_path / "city"))


def found(study: Study, *, rebuild: bool = False) -> Cells:
    """Return the cells of all answers that count, from what is kept or from their rows in one piece."""
    version = int(ResponseStore(study.root / "store").version or 0)
    reader = Role.LEADER if study.publication else Role.ANALYST
    asked = definition_of(study, version, options(study, replace(EVERYONE, role=reader)))
    if rebuild:
        columns = ["response_id", *(name for name in asked.stored if name != SINCE)]
        rows = exclusions.counted_responses(study, columns=columns)
        return build_cells(rows, asked.rates, asked.keys[1:])
    cells = counted_cells(study, version, asked, range(len(asked.rates)))
    assert cells is not None
    return cells


def assert_same(one: Cells, other: Cells) -> None:
    pd.testing.assert_frame_equal(one.keys, other.keys)
    for name in ("n", "w", "ww", "n_i", "wo", "wy", "ny", "wyy"):
        mine, theirs = np.asarray(getattr(one, name)), np.asarray(getattr(other, name))
        assert (mine.dtype, mine.tobytes()) == (theirs.dtype, theirs.tobytes()), name


def kept(study: Study) -> list[Path]:
    return sorted((study.root / "store" / "cells").glob("*.arrow"))


SHORT = [(1, counted_parts.LARGE_PART, 3), (3, 100, 3)]


@pytest.mark.parametrize(
    ("seed", "large", "steps"), slow_but(SHORT, [*SHORT, *((seed, large, 6) for seed, large, _ in SHORT)])
)
def test_a_history_leaves_what_a_rebuild_gives(
    study: Study, seed: int, large: int, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted_parts, "LARGE_PART", large)
    history = History(study, seed)
    for _ in range(steps):
        history.step()
        assert_same(found(history.study), found(history.study, rebuild=True))
    everybody = replace(history.study, publication=0)
    assert_same(found(replace(everybody, engine=EngineSettings("duckdb"))), found(everybody))


def test_a_file_that_was_kept_is_used_and_deleting_it_changes_no_number(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = found(study)
    assert keep_samples(study) == len(kept(study)) == 2
    assert keep_samples(study) == 0
    with monkeypatch.context() as patch:
        patch.setattr(counted_parts, "count_rows", lambda *_: pytest.fail("counted what is kept"))
        assert_same(found(study), first)
    shutil.rmtree(study.root / "store" / "cells")
    assert_same(found(study), first)


def test_equal_columns_are_kept_once_and_read_in_any_order(study: Study) -> None:
    keep_samples(study)
    version = int(ResponseStore(study.root / "store").version or 0)
    asked, store = definition_of(study, version, options(study, EVERYONE)), study.root / "store"
    (file,) = kept_cells.kept_files(store, asked, study.waves[-1].name)
    names = pa.ipc.open_file(file.path.read_bytes()).schema.names
    kept = [name for name in names if name.startswith("more")]
    assert len(kept) < len(asked.sums)  # nobody's weight differs from the mean of the cell
    first, again = file.open(asked), file.open(asked)
    assert first is not None
    assert again is not None
    for rate in asked.rates:
        first.sums(rate)
    for rate in reversed(asked.rates):
        one, other = first.sums(rate), again.sums(rate)
        assert all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("n", "ny", "more", "moreyes"))
    kept_cells.keep_cells(store, asked, "copy", first, ["part"])
    (copy,) = kept_cells.kept_files(store, asked, "copy")
    tables = [pa.ipc.open_file(one.path.read_bytes()).read_all() for one in (file, copy)]
    assert tables[0].equals(tables[1])


def test_a_commit_is_counted_alone(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_samples(study)
    history, counted, count = History(study, 5), list[int](), counted_parts.count_rows

    def counts(*given: Any) -> Any:
        made = count(*given)
        counted.append(int(made.n.sum()))
        return made

    before = found(study).n.sum()
    history.append()
    monkeypatch.setattr(counted_parts, "count_rows", counts)
    after = found(study).n.sum()
    assert counted == [after - before]
    ResponseStore(study.root / "store").undo(who="张三", why="测试")
    assert (found(study).n.sum(), len(counted)) == (before, 1)


@pytest.mark.parametrize("how", ["cut", "flipped", "empty", "no arrow"])
def test_a_damaged_file_is_named_ignored_and_made_again(
    study: Study, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    first = found(study)
    keep_samples(study)
    path = kept(study)[0]
    content = path.read_bytes()
    flipped = content[:-3000] + bytes([content[-3000] ^ 1]) + content[-2999:]
    path.write_bytes({"cut": content[:-100], "flipped": flipped, "empty": b"", "no arrow": b"x" * 9000}[how])
    with caplog.at_level(logging.WARNING):
        assert_same(found(study), first)
    assert path.name in caplog.text
    assert keep_samples(study) == 1
    caplog.clear()
    assert_same(found(study), first)
    assert caplog.text == "" or how != "flipped"


def test_a_killed_run_leaves_whole_files_only(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    first, write = found(study), kept_cells._write

    def killed(table: pa.Table, draft: Path) -> None:
        write(table.slice(0, 3), draft)
        raise KeyboardInterrupt

    monkeypatch.setattr(kept_cells, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        keep_samples(study)
    assert kept(study) == []
    assert_same(found(study), first)


def test_a_full_disk_is_reported_and_pages_count_as_before(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    first = found(study)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_cells, "_write", full)
    with pytest.raises(StoreError, match="提前算好的结果写不进去，答卷没有受影响"):
        derive(study)
    derive_at_commit(study)
    assert_same(found(study), first)


def test_two_runs_at_once_leave_the_same_files(study: Study) -> None:
    command = [sys.executable, "-c", RUN, str(study.root)]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    made = [int(run.communicate(timeout=120)[0]) for run in runs]
    assert sorted(made) == [0, 2]
    assert len(kept(study)) == 6  # all answers of two waves, those about channels, and numbers by interviewer


RUN = """
import sys
from reports.counted import cells
from reports.fieldwork import deriving
from survey.study.study import load_study
cells.KEEP_FROM = 1
deriving.lights = lambda *_, **__: None
print(deriving.derive(load_study(sys.argv[1])).cells)
"""


def test_what_has_no_codes_is_summed_from_its_rows(study: Study) -> None:
    """A column that no answer has yet is refused with its name, as before."""
    asked = study.questionnaire
    rate = replace(asked.rates[0], name="Z9", terms=(("Z9", (1,)),))
    other = replace(study, questionnaire=replace(asked, rates=(*asked.rates, rate)))
    with pytest.raises(DesignError, match="答卷表中没有这些列"):
        gather(other, EVERYONE)
    assert keep_samples(other) == 0
