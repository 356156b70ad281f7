"""Kept extremes: the same as those of all responses, whatever was kept before and whatever is left out."""

import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
import pytest

from benchmarks.derive import append
from reports.fieldwork.kept import extremes
from reports.fieldwork.kept.extremes import NONE, Extremes, extremes_of, kept_extremes
from reports.fieldwork.weighting import wave_extremes
from reports.sample import StudySample, gather, read_counted
from reports.selection import Selection
from survey.quality.exclusions import decisions_of
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.city_folder import imported_city

HOUSEHOLD = Selection(mode="household")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setattr(extremes, "KEEP_FROM", 1)
    return load_study(imported_city(tmp_path / "city", districts=2, streets_per_district=2, communities_per_street=2))


def columns(found: Extremes) -> list[npt.NDArray[np.int64]]:
    return [found.weighted, found.least, found.most]


def of_rows(gathered: StudySample, wave: str, selection: Selection = HOUSEHOLD) -> Extremes:
    """Return the extremes of the responses themselves."""
    names = {"response_id", "wave", "mode", "w_fx", *map(str, gathered.sample.grouped.columns)}
    return extremes_of(gathered.sample, [read_counted(gathered.study, selection, (wave,), names).rows])


def kept_files(study: Study) -> list[Path]:
    return sorted((study.root / "store" / "cells").glob("*.extremes"))


def test_they_are_those_of_the_exact_weights(study: Study) -> None:
    gathered = gather(study, HOUSEHOLD)
    found, grouped = kept_extremes(gathered, "W2"), gathered.sample.grouped
    rows = ResponseStore(study.root / "store").read(waves=["W2"])
    rows = rows.filter(pc.equal(rows["mode"], "household")).to_pandas()
    expected = rows.groupby("psu")["w_fx"].agg(["size", "min", "max"])
    mine = (grouped["wave"] == "W2").to_numpy() & (found.weighted > 0)
    assert (found.least[~mine] == NONE).all()
    assert not found.most[~mine].any()
    points = grouped["psu"][mine]
    for point, row in expected.iterrows():
        here = np.flatnonzero(mine)[(points == point).to_numpy()]
        assert found.weighted[here].sum() == row["size"]
        assert (found.least[here].min(), found.most[here].max()) == (row["min"], row["max"])


def test_only_new_parts_are_read(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_extremes(gather(study, HOUSEHOLD), "W2")
    (first,) = kept_files(study)
    append(study.root)
    gathered, read = gather(study, HOUSEHOLD), list[int]()
    pieces = extremes._pieces
    monkeypatch.setattr(extremes, "_pieces", lambda of, parts, gone: read.append(len(parts)) or pieces(of, parts, gone))
    found = kept_extremes(gathered, "W2")
    assert read == [1]
    for mine, expected in zip(columns(found), columns(of_rows(gathered, "W2")), strict=True):
        np.testing.assert_array_equal(mine, expected)
    assert first in kept_files(study)
    assert len(kept_files(study)) == 2
    again = kept_extremes(gathered, "W2")
    assert read == [1]
    for path in kept_files(study):
        path.write_bytes(path.read_bytes()[:-9] + b"damaged!!")
    anew = kept_extremes(gathered, "W2")
    assert read == [1, 2]
    for mine, other, expected in zip(columns(again), columns(anew), columns(found), strict=True):
        np.testing.assert_array_equal(mine, expected)
        np.testing.assert_array_equal(other, expected)


def test_what_is_left_out_is_left_out(study: Study) -> None:
    names = ResponseStore(study.root / "store").read(["response_id", "mode"], waves=["W2"])
    names = names.filter(pc.equal(names["mode"], "household"))["response_id"].to_pylist()[::7]
    kept_extremes(gather(study, HOUSEHOLD), "W2")
    decisions_of(study).exclude(names, wave="W2", who="甲", why="复访不符")
    without = Selection(mode="household", without_excluded=True)
    gathered = gather(study, without)
    found = kept_extremes(gathered, "W2")
    for mine, expected in zip(columns(found), columns(of_rows(gathered, "W2", without)), strict=True):
        np.testing.assert_array_equal(mine, expected)
    assert found.weighted.sum() == gathered.sample.cells.n[(gathered.sample.grouped["wave"] == "W2").to_numpy()].sum()


def test_a_small_wave_is_not_kept(tmp_path: Path) -> None:
    root = imported_city(tmp_path / "city", districts=2, streets_per_district=2, communities_per_street=2)
    study = load_study(shutil.copytree(root, tmp_path / "copy"))
    wave_extremes(gather(study, HOUSEHOLD), HOUSEHOLD, "W2")
    assert kept_files(study) == []
