"""Efficiency, effective size and extreme weights: the same from a function, a command and an exported file."""

import json
import shutil
from pathlib import Path

import pyarrow.compute as pc
import pytest

import cli
from reports.data.exports import export
from reports.fieldwork.kept import extremes
from reports.fieldwork.weighting import spread_lines, spread_table, weight_spreads
from reports.selection import Selection
from survey.quality.exclusions import decisions_of
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from tests.city_folder import imported_city


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("weighting") / "city"
    return imported_city(root, districts=3, streets_per_district=3, communities_per_street=2)


def test_the_spread_is_that_of_the_exported_weights(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = load_study(city)
    rows = export(study, Selection(), None, texts=False).dataset.table.to_pandas()
    found = weight_spreads(study, Selection())
    assert [(one.wave, one.mode) for one in found] == [("W1", "household"), ("W2", "household")]
    for one in found:
        weight = rows.loc[(rows["wave"] == one.wave) & (rows["mode"] == "household"), "final_weight"]
        assert one.n == len(weight) == 324
        assert one.effective_n == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
        assert one.efficiency == pytest.approx(1 / (1 + weight.std(ddof=0) ** 2 / weight.mean() ** 2))
        assert (one.smallest, one.largest) == pytest.approx(
            (weight.min() / weight.mean(), weight.max() / weight.mean())
        )
        assert one.smallest < 1 < one.largest
    capsys.readouterr()
    command = ["rates", "--study", str(city), "--wave", "W2", "--diagnostics"]
    assert cli.main([*command, "--format", "json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)["meta"]["weighting"]
    assert record["efficiency"] == pytest.approx(found[1].efficiency)
    assert cli.main(command) == 0
    printed = capsys.readouterr().out
    assert str(spread_lines(found)[1]) in printed
    assert str(spread_lines(found)[0]) not in printed


def test_pieces_of_parts_change_no_bit(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study(shutil.copytree(city, tmp_path / "city"))
    rows = ResponseStore(study.root / "store").read(["response_id", "mode"], waves=["W2"])
    names = rows.filter(pc.equal(rows["mode"], "household"))["response_id"].to_pylist()[::40]
    decisions_of(study).exclude(names, wave="W2", who="甲", why="复访不符")
    every, some = (weight_spreads(study, Selection(without_excluded=without)) for without in (False, True))
    assert [one.n for one in every] == [324, 324]
    assert [one.n for one in some] == [324, 324 - len(names)]
    monkeypatch.setattr(extremes, "SLICE", 1)
    assert weight_spreads(study, Selection(without_excluded=True)) == some


def test_answers_without_weights_have_no_spread(city: Path) -> None:
    study = load_study(city)
    assert weight_spreads(study, Selection(mode="online")) == ()
    assert spread_table(()).empty
    assert [str(line) for line in spread_lines(())] == ["网络自填不加权，没有加权效率"]
