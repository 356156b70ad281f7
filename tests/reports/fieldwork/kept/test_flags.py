"""Flags of single answers: those of new answers are added, and they are what the checks say of all together."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from analysis.integrity.sums.tally import SUMMED
from reports.counted.held import holding
from reports.fieldwork.data_quality import fieldwork
from reports.fieldwork.deriving import rounds
from reports.fieldwork.kept import flags, norms
from reports.fieldwork.kept import round_parts as round_parts_
from reports.fieldwork.kept.basis import kept_basis
from reports.fieldwork.kept.flags import Flagged, kept_flagged
from reports.fieldwork.kept.round_parts import RoundParts, round_parts
from survey.quality.check import Context
from survey.quality.registry import flag_responses
from survey.quality.sheet import open_sheet
from survey.storage.files import CELLS
from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.city_folder import imported_city


@pytest.fixture
def study(tmp_path: Path) -> Study:
    size = {"districts": 2, "streets_per_district": 2, "communities_per_street": 2, "responses": 1_200}
    return load_study(imported_city(tmp_path / "city", **size))


def newest(study: Study) -> RoundParts:
    return round_parts(study, next(rounds(study)))


def append(study: Study, share: int) -> None:
    """Commit every so many answers again, as other people."""
    store = ResponseStore(study.root / "store")
    rows = store.read(waves=["W2"])
    rows = rows.filter(pc.equal(rows["mode"], "household"))
    rows = rows.take(pa.array(range(0, rows.num_rows, share)))
    names = [f"new-{store.version}-{at}" for at in range(rows.num_rows)]
    rows = rows.set_column(rows.column_names.index("response_id"), "response_id", pa.array(names))
    store.commit(ImportBatch("W2", rows, TEXTS.empty_table(), pa.table({})), expected=store.version)


def same(one: Flagged, other: Flagged) -> bool:
    pd.testing.assert_frame_equal(one.table(), other.table(), check_exact=True)
    return (len(one), one.groups, one.hasty) == (len(other), other.groups, other.hasty)


def test_flags_are_those_of_the_checks(study: Study) -> None:
    parts = newest(study)
    found = fieldwork(study, "W2", "household").flags()
    rows = ResponseStore(study.root / "store").read(waves=["W2"])
    rows = rows.filter(pc.equal(rows["mode"], "household"))
    plain = flag_responses(Context(open_sheet(rows, study.questionnaire), study.areas, study.waves))
    if len(parts.parts) == 1:
        pd.testing.assert_frame_equal(found, plain, check_dtype=False)
    assert len(found) == len(plain) > 0
    assert set(zip(found["response_id"], found["check"], strict=True)) == set(
        zip(plain["response_id"], plain["check"], strict=True)
    )


def test_only_new_answers_are_checked(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_flagged(newest(study), keep=True)
    append(study, 40)
    checked, real = list[int](), flags._checked

    with monkeypatch.context() as patch:
        patch.setattr(
            flags, "_checked", lambda parts, sheet, *more: checked.append(len(sheet)) or real(parts, sheet, *more)
        )
        patch.setattr(norms, "norms_of", lambda _: pytest.fail("took norms anew"))
        found = kept_flagged(newest(study), keep=True)
    assert sum(checked) == newest(study).parts[-1].rows
    assert same(found, kept_flagged(newest(study), keep=False))
    twins = found.table().query("check == 'duplicate'")
    assert (twins["row"] >= len(found) - sum(checked)).any()


def test_few_new_answers_are_checked_again_and_not_written(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = study.root / "store" / CELLS
    kept_flagged(newest(study), keep=True)
    before = set(folder.glob("*.flagged"))
    append(study, 200)
    first = kept_flagged(newest(study), keep=True)
    assert set(folder.glob("*.flagged")) == before
    monkeypatch.setattr(flags, "GROWN", 0)
    assert same(first, kept_flagged(newest(study), keep=True))
    assert len(set(folder.glob("*.flagged"))) == len(before) + 1


def test_a_run_that_measures_every_answer_checks_it_as_well(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    append(study, 10)
    folder = study.root / "store" / CELLS
    alone = kept_flagged(newest(study), keep=True)
    (path,) = folder.glob("*.flagged")
    content = path.read_bytes()
    path.unlink()
    kept_basis(newest(study), keep=True)
    assert not path.exists()
    for tally in folder.glob("*.tally"):
        tally.unlink()
    with holding():
        kept_basis(newest(study), keep=True)
    assert path.read_bytes() == content
    monkeypatch.setattr(flags, "_checked", lambda *_: pytest.fail("checked answers again"))
    assert same(alone, kept_flagged(newest(study), keep=True))
    for tally in folder.glob("*.tally"):
        tally.unlink()
    with holding():
        kept_basis(newest(study), keep=True)


def test_answers_are_measured_and_checked_some_at_a_time(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    append(study, 10)
    whole, summed = kept_flagged(newest(study), keep=False), kept_basis(newest(study), keep=False).tally
    sizes, real = list[int](), flags._checked
    monkeypatch.setattr(round_parts_, "AT_ONCE", 64)
    monkeypatch.setattr(
        flags, "_checked", lambda parts, sheet, *more: sizes.append(len(sheet)) or real(parts, sheet, *more)
    )
    found, tally = kept_flagged(newest(study), keep=False), kept_basis(newest(study), keep=False).tally
    assert len(sizes) > 5
    assert max(sizes) <= 64
    assert sum(sizes) == len(whole)
    pd.testing.assert_frame_equal(found.table(), whole.table(), rtol=1e-12)
    assert (found.groups, found.hasty) == (whole.groups, whole.hasty)
    assert tally.cells == summed.cells
    assert all(getattr(tally, name).tolist() == getattr(summed, name).tolist() for name in SUMMED)


@pytest.mark.parametrize("suffix", [".flagged", ".norms"])
@pytest.mark.parametrize("how", ["flip", "cut", "delete"])
def test_a_damaged_file_changes_nothing(study: Study, suffix: str, how: str) -> None:
    first = kept_flagged(newest(study), keep=True)
    (path,) = (study.root / "store").glob(f"*/*{suffix}")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    if how == "delete":
        path.unlink()
    else:
        path.write_bytes(content if how == "flip" else content[:-9])
    assert same(first, kept_flagged(newest(study), keep=True))
    append(study, 50)
    assert same(kept_flagged(newest(study), keep=True), kept_flagged(newest(study), keep=False))


def test_norms_come_back_as_they_were(study: Study) -> None:
    first, again = (norms.kept_norms(newest(study), keep=True) for _ in range(2))
    assert np.array_equal(first.pace.seconds, again.pace.seconds)
    assert (first.misfit, first.distance, first.variability) == (again.misfit, again.distance, again.variability)
    assert first.misfit is not None
    assert first.starts is not None
    assert again.starts is not None
    assert first.starts.uniform == again.starts.uniform
    for one, other in zip(first.starts.nulls, again.starts.nulls, strict=True):
        assert one.tobytes() == other.tobytes()
