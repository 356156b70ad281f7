"""Exported files reproduce the published district rates in `svy`, with the design that their notes declare."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyreadstat
import pytest
import svy

import cli
from reports.data.design_columns import DECLARED
from survey.quality.exclusions import decisions_of
from survey.study.burst_log import Found, burst_log
from survey.study.study import load_study
from tests.city_folder import imported_city

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three districts, two waves of household interviews raked to margins, and self-selected answers online."""
    root = tmp_path_factory.mktemp("export") / "city"
    return imported_city(root, districts=3, streets_per_district=3, communities_per_street=2)


def exported(city: Path, out: Path, form: str, *options: str) -> pl.DataFrame:
    """Return a file as another program reads it."""
    assert cli.main(["export", str(city), "--format", form, "--out", str(out), *options]) == 0
    if form == "csv":
        return pl.read_csv(out / "answers.csv", infer_schema_length=None, schema_overrides={"psu": pl.String})
    read = pyreadstat.read_sav if form == "sav" else pyreadstat.read_dta
    return pl.from_pandas(read(str(out))[0])


def published(
    city: Path, capsys: Capture, items: str = "", *options: str
) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Return estimate and standard error of the published rates, by default all, in every wave and district."""
    items = items or ",".join(rate.name for rate in load_study(city).questionnaire.rates)
    capsys.readouterr()
    command = ["rates", "--study", str(city), "--by", "wave,district", "--item", items, "--format", "json"]
    assert cli.main([*command, "--interval", "logit", *options]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    shown = [row for row in rows if row["estimate"] is not None]
    assert len(shown) > 0.9 * len(rows)
    return {(row["item"], row["wave"], row["district"]): (row["estimate"], row["std_error"]) for row in shown}


def reproduced(rows: pl.DataFrame, items: set[str], separator: str = ".") -> dict[tuple[str, str, str], Any]:
    """Return the same from a file, as its notes say: final weight, stratum and psu, and a column of each rate."""
    known = rows.filter(pl.col("final_weight").is_not_null() & pl.col("final_weight").is_not_nan())
    sample = svy.Sample(known, svy.Design(stratum="stratum", psu="psu", wgt="final_weight"))
    found: dict[tuple[str, str, str], Any] = {}
    for item in items:
        column = f"rate_{item}".replace(".", separator)
        made = sample.estimation.mean(column, by=["wave", "district"], drop_nulls=True).to_polars()
        for row in made.to_dicts():
            found[item, row["wave"], row["district"]] = (row["est"], row["se"])
    return found


def test_svy_reproduces_all_published_district_rates(city: Path, tmp_path: Path, capsys: Capture) -> None:
    wanted = published(city, capsys)
    rows = exported(city, tmp_path / "package", "csv")
    got = reproduced(rows, {item for item, _, _ in wanted})
    assert len(wanted) > 200
    assert max(abs(got[key][0] - estimate) for key, (estimate, _) in wanted.items()) < 1e-6
    base = reproduced(rows.with_columns(final_weight=pl.col("weight")).filter(pl.col("mode") != "online"), {"E0"})
    assert max(abs(estimate - wanted[key][0]) for key, (estimate, _) in base.items()) > 0.005  # what raking is for


def test_standard_errors_agree_where_only_districts_are_margins(city: Path, tmp_path: Path, capsys: Capture) -> None:
    own = tmp_path / "own"
    shutil.copytree(city, own)
    frame = load_study(own).areas.frame
    lines = [f"{name},{size}" for name, size in frame.groupby("district")["population"].sum().items()]
    (own / "margins.csv").write_text("\n".join(["区县,人口", *lines]) + "\n", encoding="utf-8")
    wanted = published(own, capsys, "A1,E0")
    for form, separator in (("sav", "."), ("dta", "_")):
        got = reproduced(exported(own, tmp_path / f"a.{form}", form), {"A1", "E0"}, separator)
        assert len(got) == 12
        for key, found in got.items():
            assert found == pytest.approx(wanted[key], abs=1e-6)


def test_excluded_responses_are_flagged_or_left_out_with_their_weight(
    city: Path, tmp_path: Path, capsys: Capture
) -> None:
    own = tmp_path / "own"
    shutil.copytree(city, own)
    rows = exported(own, tmp_path / "before.sav", "sav")
    gone = rows.filter((pl.col("wave") == "W2") & (pl.col("mode") == "household"))["response_id"].to_list()[:20]
    decisions_of(load_study(own)).exclude(gone, wave="W2", who="张三", why="复访不实")
    flagged = exported(own, tmp_path / "flagged.sav", "sav")
    assert set(flagged.filter(pl.col("excluded") == 1)["response_id"]) == set(gone)
    assert flagged["final_weight"].to_list() == rows["final_weight"].to_list()  # they still count
    kept = exported(own, tmp_path / "kept.sav", "sav", "--without-excluded", "--wave", "W2")
    assert not set(kept["response_id"]) & set(gone)
    wanted = published(own, capsys, "E0", "--without-excluded")
    got = reproduced(kept, {"E0"})
    assert [got[key][0] for key in sorted(got)] == pytest.approx(
        [wanted[key][0] for key in sorted(wanted) if key[:2] == ("E0", "W2")], abs=1e-6
    )


def test_bursts_outside_the_results_leave_flagged_and_in_no_base(city: Path, tmp_path: Path, capsys: Capture) -> None:
    own = tmp_path / "own"
    shutil.copytree(city, own)
    study, before = load_study(own), exported(own, tmp_path / "before", "csv")
    ids = before.filter((pl.col("wave") == "W2") & (pl.col("mode") == "online"))["response_id"].to_list()[:30]
    at = datetime(2026, 9, 8, 12, 0, 0)
    assert burst_log(study).set_apart([Found("W2", at, at, frozenset(ids), "密集")]) == 30
    decisions_of(study).exclude(ids[:3], wave="W2", who="张三", why="复访不实")
    rows = exported(own, tmp_path / "after", "csv", "--texts")
    held = rows.filter(pl.col("held") == 1)
    assert (set(held["response_id"]), len(rows)) == (set(ids), len(before))
    assert held["final_weight"].null_count() == held["rate_E0"].null_count() == 30
    assert held["E0"].null_count() < 30
    assert set(held.filter(pl.col("excluded") == 1)["response_id"]) == set(ids[:3])
    online = rows.filter((pl.col("wave") == "W2") & (pl.col("mode") == "online"))
    command = ["rates", "--study", str(own), "--mode", "online", "--item", "E0", "--format", "json"]
    capsys.readouterr()
    assert cli.main(command) == 0
    assert online["rate_E0"].count() == json.loads(capsys.readouterr().out)["rows"][0]["n"]
    kept = exported(own, tmp_path / "kept", "csv", "--without-excluded")
    assert set(kept.filter(pl.col("held") == 1)["response_id"]) == set(ids[3:])


def test_areas_and_design_are_in_the_file_and_its_codebook(city: Path, tmp_path: Path) -> None:
    study = load_study(city)
    rows = exported(city, tmp_path / "a.sav", "sav")
    frame = study.areas.frame.set_index("psu")
    for row in rows.filter(pl.col("mode") == "household").head(50).to_dicts():
        place = frame.loc[int(row["psu"])]
        assert (row["district"], row["street"], row["community"]) == tuple(place[["district", "street", "community"]])
        assert row["stratum"] == place["stratum"]
    online = rows.filter(pl.col("mode") == "online")["final_weight"].to_numpy()
    assert len(online)
    assert np.isnan(online).all()
    assert set(DECLARED) <= set(pyreadstat.read_sav(str(tmp_path / "a.sav"), metadataonly=True)[1].notes)
    exported_package = tmp_path / "package"
    assert cli.main(["export", str(city), "--format", "csv", "--out", str(exported_package)]) == 0
    package = json.loads((exported_package / "datapackage.json").read_text(encoding="utf-8"))
    assert all(line in package["description"] for line in DECLARED)
    assert cli.main(["export", str(city), "--format", "ddi", "--out", str(tmp_path / "a.xml")]) == 0
    assert "Design(stratum='stratum', psu='psu', wgt='final_weight')" in (tmp_path / "a.xml").read_text("utf-8")


def test_answers_that_cannot_be_weighted_leave_without_a_final_weight(city: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(city, own)
    rows = exported(own, tmp_path / "a.sav", "sav")
    decisions = decisions_of(load_study(own))
    for wave in ("W1", "W2"):
        offline = rows.filter((pl.col("wave") == wave) & (pl.col("mode") == "household"))["response_id"].to_list()
        decisions.exclude(offline, wave=wave, who="张三", why="只看网上")
    kept = exported(own, tmp_path / "b.sav", "sav", "--without-excluded")
    assert set(kept["mode"]) == {"online"}
    assert np.isnan(kept["final_weight"].to_numpy()).all()
    notes = pyreadstat.read_sav(str(tmp_path / "b.sav"), metadataonly=True)[1].notes
    assert "没有最终权重：只有网络自填的参与者意见" in notes
