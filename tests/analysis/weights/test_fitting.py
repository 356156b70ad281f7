"""Weighting by name: every method meets its margins, trimming meets them again, and the study chooses the method."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cli
from analysis.design.labels import label_margin
from analysis.estimation.sample import Sample, SampleOptions, prepare
from analysis.weights.calibrate import calibrate_cells
from analysis.weights.fitting import FITS, LINEAR_BOUNDS, calibrate_strata
from analysis.weights.poststrata import match_margin
from analysis.weights.totals import margins
from analysis.weights.weights import base_weights
from survey.errors import CalibrationError, StudyError
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw
from survey.study.margins import margin_tables
from survey.study.study import load_study
from survey.study.template.new_study import init_study
from survey.study.weighting import METHOD_LABELS, METHODS, Weighting
from tests.analysis.synthetic import answers, sample


@cache
def city() -> MockCity:
    return draw(MockSpec(seed=5, districts=3, waves=2, online=False, faults=False, texts=False))


@cache
def weighted(method: str = "rake", trim: float | None = None) -> Sample:
    mock = city()
    options = SampleOptions(weights=method, trim=trim)  # type: ignore[arg-type]
    return prepare(mock.responses(), mock.questionnaire, mock.city.areas, mock.margins, options)


def errors(one: Sample) -> list[float]:
    """Return the largest relative distance of the shares of each margin from the population's, in the last wave."""
    final = pd.Series(one.cells.weight * one.weights.factor)
    last = (one.cells.keys["wave"] == "W2").to_numpy()
    found = []
    for margin in margin_tables(city().margins):
        table = label_margin(margin, city().questionnaire)
        columns = [str(name) for name in table.columns if name != "population"]
        wanted = table.set_index(columns)["population"]
        known = last & one.cells.keys[columns].notna().all(axis=1).to_numpy()
        got = final[known].groupby([one.cells.keys.loc[known, name].astype(str) for name in columns]).sum()
        found.append(float(((got / got.sum()) / (wanted / wanted.sum()) - 1).abs().max()))
    return found


@pytest.mark.parametrize("method", ["rake", "calibrate"])
def test_all_margins_are_met(method: str) -> None:
    assert max(errors(weighted(method))) < 1e-8


def test_a_poststratification_meets_the_first_margin_alone() -> None:
    first, second = errors(weighted("poststratify"))
    assert first < 1e-10
    assert second > 1e-3
    assert "事后分层" in weighted("poststratify").label


def test_methods_agree_within_a_fraction_of_the_error() -> None:
    tables = {method: weighted(method).rates(by=["district"], where={"wave": "W2"}).table for method in METHODS}
    raked = tables["rake"]
    for method in ("calibrate", "poststratify"):
        assert ((tables[method]["estimate"] - raked["estimate"]).abs() < raked["std_error"]).mean() > 0.95
        assert (tables[method]["std_error"] / raked["std_error"]).between(0.7, 1.4).mean() > 0.95
    assert ((tables["calibrate"]["estimate"] - raked["estimate"]).abs() < 0.2 * raked["std_error"]).mean() > 0.95


def test_linear_calibration_equals_that_of_cells() -> None:
    made = sample(answers(), collapse=False)
    ages, sexes = ({"青": 700.0, "中": 800.0, "老": 500.0}, {"女": 1100.0, "男": 900.0})
    names = {name: made.cells.codes(name)[1].tolist() for name in ("age", "sex")}
    known = {
        name: dict(zip(names[name], values.values(), strict=False)) for name, values in (("age", ages), ("sex", sexes))
    }
    scale = {name: 2000.0 / sum(levels.values()) for name, levels in known.items()}
    known = {name: {one: size * scale[name] for one, size in levels.items()} for name, levels in known.items()}
    whole = calibrate_cells(made.cells, margins(made.cells.keys, known), bounds=LINEAR_BOUNDS)
    tables = [pd.DataFrame({name: list(levels), "population": list(levels.values())}) for name, levels in known.items()]
    start = base_weights(made.cells)
    strata = [match_margin(made.cells, made.cells.weight, table) for table in tables]
    found = calibrate_strata(made.cells, start, strata)
    assert found.factor == pytest.approx(whole.factor, rel=1e-9)
    assert "校准" in found.label


def test_trimming_cuts_extreme_weights_and_meets_the_margins_again() -> None:
    plain, cut = weighted("rake"), weighted("rake", 1.5)
    assert max(errors(cut)) < 1e-8
    assert cut.weights.diagnostics["effective_n"] > plain.weights.diagnostics["effective_n"]
    final = [one.cells.weight * one.weights.factor / one.cells.n for one in (plain, cut)]
    assert final[1].max() < final[0].max()
    assert final[1].sum() > 0
    assert "截断极端权数" in cut.label
    assert any("权数过大，已截断" in note for note in cut.notes)


def test_a_wide_bound_cuts_nothing() -> None:
    plain, same = weighted("rake"), weighted("rake", 100.0)
    assert same.weights.factor == pytest.approx(plain.weights.factor, rel=1e-9)
    assert "截断" not in same.label


def test_weights_that_differ_within_a_cell_are_refused_with_their_place() -> None:
    mock = city()
    rows = mock.responses()
    own = (np.random.default_rng(1).integers(1, 50, len(rows)) << 20).astype(np.int64)
    rows = rows.set_column(rows.column_names.index("w_fx"), "w_fx", [own])
    with pytest.raises(CalibrationError, match=r"study\.toml \[weighting\] 的 trim"):
        prepare(rows, mock.questionnaire, mock.city.areas, mock.margins, SampleOptions(trim=6.0))


def test_every_method_has_a_fit_and_a_label() -> None:
    assert set(FITS) == set(METHODS) == set(METHOD_LABELS)


def test_the_study_chooses_the_method(tmp_path: Path) -> None:
    root = init_study(tmp_path / "study")
    assert load_study(root).weighting == Weighting("rake", None)
    path = root / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + '\n[weighting]\nmethod = "poststratify"\ntrim = 6\n', encoding="utf-8")
    study = load_study(root)
    options = SampleOptions.of(study, rates=("E0",))
    assert (options.weights, options.trim, options.suppression, options.rates) == ("poststratify", 6, 10, ("E0",))


@pytest.mark.parametrize(
    ("line", "expected"),
    [('method = "raking"', "poststratify"), ("trim = 0.5", "1 到 100"), ("trims = 6", "trim")],
)
def test_a_wrong_setting_is_refused_with_its_line(line: str, expected: str, tmp_path: Path) -> None:
    root = init_study(tmp_path / "study")
    path = root / "study.toml"
    path.write_text(path.read_text(encoding="utf-8") + f"\n[weighting]\n{line}\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_study(root)
    assert expected in str(caught.value)
    assert "第 " in str(caught.value)


def test_silu_rates_follows_the_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "city"
    assert cli.main(["mock", str(root), "--districts", "2", "--responses", "900", "--waves", "1", "--seed", "7"]) == 0
    path = root / "study.toml"
    capsys.readouterr()
    assert cli.main(["rates", "--study", str(root)]) == 0
    assert "迭代加权" in capsys.readouterr().out
    path.write_text(path.read_text(encoding="utf-8") + '\n[weighting]\nmethod = "calibrate"\n', encoding="utf-8")
    assert cli.main(["rates", "--study", str(root)]) == 0
    assert "校准（有界线性（0.1–10））" in capsys.readouterr().out
