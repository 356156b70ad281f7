"""The parts of a wave and mode, and which of them decide what is usual."""

import math
import shutil
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.integrity.report import inspect
from analysis.integrity.sums import usual as sums
from reports.counted.held import holding
from reports.fieldwork.deriving import rounds
from reports.fieldwork.kept import district_rows, usual, written
from reports.fieldwork.kept.basis import kept_basis
from reports.fieldwork.kept.round_parts import GROWTH, RoundParts, chain, round_parts
from reports.fieldwork.kept_lights import Round
from survey.storage import stored_parts
from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import StoredPart
from survey.study.burst_log import Found, burst_log
from survey.study.study import Study, load_study
from tests.city_folder import imported_city


@dataclass(frozen=True)
class Sized:
    """A part of so many answers."""

    size: int

    def modes(self) -> dict[str, int]:
        return {"household": self.size}


def parts_of(sizes: list[int]) -> RoundParts:
    return RoundParts(None, Round(1, "W1", "household"), tuple(map(Sized, sizes)), ())  # type: ignore[arg-type]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=40))
def test_what_is_usual_comes_from_most_of_the_earliest_answers(sizes: list[int]) -> None:
    count = parts_of(sizes).reference
    assert sum(sizes[:count]) * GROWTH > sum(sizes)
    power = GROWTH ** math.floor(math.log(sum(sizes), GROWTH) + 1e-9)
    assert sum(sizes[: count - 1]) < power


def test_what_is_usual_stays_while_a_wave_grows_by_a_quarter() -> None:
    steps = [parts_of([1_000, *[10] * more]).reference for more in range(1, 100)]
    assert sum(first != second for first, second in pairwise(steps)) <= 3


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    size = {"districts": 2, "streets_per_district": 2, "communities_per_street": 2, "responses": 240}
    return imported_city(tmp_path_factory.mktemp("city") / "city", **size)


@pytest.fixture
def study(city: Path, tmp_path: Path) -> Study:
    return load_study(shutil.copytree(city, tmp_path / "city"))


def append(study: Study, *, said: str = "", places: int = 1) -> None:
    """Commit some answers as another import, with a text where there is something to say."""
    store = ResponseStore(study.root / "store")
    rows = store.read(waves=["W2"])
    rows = rows.filter(pc.equal(rows["mode"], "household"))
    step = max(rows.num_rows // places, 1)
    rows = rows.take(pa.array(range(0, rows.num_rows, step)))
    names = [f"new-{store.version}-{at}" for at in range(rows.num_rows)]
    for name, values in (("response_id", names), ("import_id", [f"import-{store.version}"] * len(names))):
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(values))
    texts = [
        {"response_id": name, "wave": "W2", "item": "H1", "text": said, "import_id": f"import-{store.version}"}
        for name in (names if said else [])
    ]
    store.commit(ImportBatch("W2", rows, pa.Table.from_pylist(texts, TEXTS), pa.table({})), expected=store.version)


def newest(study: Study) -> RoundParts:
    return round_parts(study, next(rounds(study)))


def test_parts_come_in_the_order_in_which_they_were_stored(study: Study) -> None:
    before = newest(study)
    append(study)
    append(study, said="路灯坏了两个月没人来修")
    after = newest(study)
    assert after.identities[: len(before.parts)] == before.identities
    assert len(after.parts) == len(before.parts) + 2
    assert chain("a", after.identities)[len(before.parts)] == chain("a", before.identities)[-1]
    assert after.definition == before.definition


def test_answers_that_are_held_back_are_not_read_unless_all_are(study: Study) -> None:
    parts = newest(study)
    names = [parts.mine(part.read(["response_id", "mode"]))["response_id"].to_pylist() for part in parts.parts]
    at, every = study.waves[-1].start, {name for some in names for name in some}
    first = frozenset(names[0][:2])
    when = datetime.combine(at, time(10))
    burst_log(study).set_apart([Found("W2", when, when, first, "一秒一份")])
    some = newest(study)
    assert some.definition != parts.definition
    read = {name for part in some.parts for name in some.read(part, ["response_id"])["response_id"].to_pylist()}
    assert read == every - first
    burst_log(study).set_apart([Found("W2", when, when, frozenset(every), "一秒一份")])
    assert newest(study).held == ()


@pytest.mark.parametrize("held", [0, 3])
def test_what_is_usual_is_read_in_pieces(study: Study, monkeypatch: pytest.MonkeyPatch, held: int) -> None:
    append(study, places=40)
    parts = newest(study)
    names = [name for part in parts.parts for name in part.read(["response_id"])["response_id"].to_pylist()]
    parts = replace(parts, held=tuple(names[:held]))
    monkeypatch.setattr(sums, "PART", 25)
    whole = pa.concat_tables([parts.read(part) for part in parts.parts[: parts.reference]])
    expected = whole.take(pa.array(range(0, whole.num_rows, -(-whole.num_rows // 25))))
    found = usual.reference_sheet(parts).rows
    assert found.num_rows == expected.num_rows > 1
    for name in ("psu", "submitted", "seconds"):
        assert found[name].to_pylist() == expected[name].to_pylist()


def test_new_answers_are_read_and_old_ones_are_not(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_basis(newest(study), keep=True)
    append(study, places=8)
    parts, read = newest(study), list[int]()
    real = RoundParts.read
    monkeypatch.setattr(RoundParts, "read", lambda own, part, *more: read.append(part.rows) or real(own, part, *more))
    monkeypatch.setattr(written, "_read", lambda *_: pytest.fail("read texts of other imports"))
    monkeypatch.setattr(usual, "usual_of", lambda *_: pytest.fail("took what is usual anew"))
    found = kept_basis(parts, keep=True)
    assert sum(read) == 8
    monkeypatch.undo()
    whole = kept_basis(parts, keep=False)
    assert found.tally.sums.tobytes() == whole.tally.sums.tobytes()


@pytest.mark.parametrize("suffix", [".usual", ".tally", ".written", ".copies", ".interviews", ".compared"])
@pytest.mark.parametrize("how", ["flip", "cut", "delete"])
def test_a_damaged_file_changes_nothing(study: Study, suffix: str, how: str) -> None:
    first = inspect(kept_basis(newest(study), keep=True), draws=199)
    found = sorted((study.root / "store").glob(f"*/*{suffix}"))
    assert found
    for path in found:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        if how == "delete":
            path.unlink()
        else:
            path.write_bytes(content if how == "flip" else content[:-9])
    above = {".copies": ("compared", "written")}.get(suffix, ("compared",))
    for path in (each for kind in above for each in (study.root / "store").glob(f"*/*.{kind}")):
        path.unlink()
    again = inspect(kept_basis(newest(study), keep=True), draws=199)
    assert again.evidence.equals(first.evidence)


def test_a_district_without_new_answers_keeps_its_file(study: Study) -> None:
    folder = study.root / "store" / "cells"
    inspect(kept_basis(newest(study), keep=True), draws=99)
    before = set(folder.glob("*.interviews"))
    append(study)
    inspect(kept_basis(newest(study), keep=True), draws=99)
    assert (len(before), len(set(folder.glob("*.interviews")) - before)) == (2, 1)
    for _ in range(4):
        append(study)
        inspect(kept_basis(newest(study), keep=True), draws=99)
    assert len(set(folder.glob("*.interviews"))) <= 2 * district_rows.KEPT


def test_a_district_without_new_texts_keeps_its_copies(study: Study) -> None:
    folder = study.root / "store" / "textcache"
    kept_basis(newest(study), keep=True)
    before = set(folder.glob("*.copies"))
    append(study, said="路灯坏了两个月没人来修")
    found = kept_basis(newest(study), keep=True).written
    assert (len(before), len(set(folder.glob("*.copies")) - before)) == (2, 1)
    whole = kept_basis(newest(study), keep=False).written
    assert found is not None
    assert whole is not None
    assert all(np.array_equal(getattr(found, name), getattr(whole, name)) for name in written.ARRAYS)


def test_small_waves_keep_nothing(study: Study) -> None:
    kept_basis(newest(study), keep=False)
    assert not list((study.root / "store").glob("*/*.tally"))


@pytest.mark.parametrize("together", [1, 7])
def test_columns_are_the_same_however_many_are_read_at_a_time(
    study: Study, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(study)
    parts = newest(study)
    columns = [name for name in parts.parts[0].schema.names if name != "wave"]
    whole = [part.read([*columns, "wave"]) for part in parts.parts]
    monkeypatch.setattr(stored_parts, "TOGETHER", together)
    again = [part.read([*columns, "wave"]) for part in parts.parts]
    assert again == whole
    assert len(columns) > 2 * stored_parts.TOGETHER
    assert all(part.read(["wave"]).num_rows == part.rows for part in parts.parts)


def test_a_run_reads_a_part_once_to_see_what_is_usual_and_to_measure_it(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, real = list[tuple[str, ...]](), StoredPart.read
    monkeypatch.setattr(StoredPart, "read", lambda own, names: read.append(tuple(names)) or real(own, names))
    parts = newest(study)
    read.clear()
    alone = [parts.read(part) for _ in range(2) for part in parts.parts]
    several = len(read)
    with holding():
        held = [parts.read(part) for _ in range(2) for part in parts.parts]
    assert (several, len(read) - several) == (2 * len(parts.parts), len(parts.parts))
    assert all(one.equals(other) for one, other in zip(alone, held, strict=True))


@pytest.mark.parametrize("held", [0, 3])
def test_of_what_a_run_holds_only_other_columns_are_read(
    held: int, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = newest(study)
    names = [name for part in parts.parts for name in part.read(["response_id"])["response_id"].to_pylist()]
    parts = replace(parts, held=tuple(names[:held]))
    part, more = parts.parts[0], ["age", "psu", "device_key"]
    expected = parts.read(part, more)
    read, real = list[list[str]](), StoredPart.read
    with holding():
        parts.read(part)
        monkeypatch.setattr(StoredPart, "read", lambda own, asked: read.append(list(asked)) or real(own, asked))
        found = parts.read(part, more)
    assert read == [["age", "device_key", "mode", *(["response_id"] if held else [])]]
    assert found.equals(expected)
