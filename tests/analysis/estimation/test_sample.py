"""Sample: from coded responses to weighted cells; what is merged, left out or separated is reported."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.design.cells import Cells
from analysis.design.cube import build_cells
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.sample import Sample, SampleOptions, grouping_columns, prepare, resummed, weigh_cells
from analysis.weights.collapse import collapse
from survey.errors import CalibrationError, DesignError
from survey.study.study import Study, load_study
from survey.study.template.new_study import init_study
from tests.analysis.mock_sample import city
from tests.own_study import settle

SCALE = 1 << 20


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(settle(init_study(Path(tmp_path_factory.mktemp("study")) / "new")))


def responses(study: Study, n: int = 4000, seed: int = 1, **columns: object) -> pa.Table:
    """Make answers to the rates of a study, at its sampling points."""
    rng = np.random.default_rng(seed)
    made: dict[str, object] = {
        "psu": rng.choice(study.areas.frame["psu"].to_numpy(), n),
        "wave": rng.choice(["W1", "W2"], n),
        "mode": ["household"] * n,
        "w_fx": np.full(n, SCALE),
    }
    for role, question in study.questionnaire.roles.items():
        codes = [entry.code for entry in question.bands or question.choices if entry.code < 90]
        made[role] = pa.array(rng.choice(codes, n).astype("int8"), mask=rng.random(n) < 0.02)
    for rate in study.questionnaire.rates:
        for column, _ in rate.terms:
            made.setdefault(column, pa.array(rng.integers(0, 4, n).astype("int8"), mask=rng.random(n) < 0.05))
    return pa.table({**made, **columns})


def made(study: Study, table: pa.Table, **plan: object) -> Sample:
    rates = tuple(rate.name for rate in study.questionnaire.rates if rate.overall)
    return prepare(table, study.questionnaire, study.areas, study.margins, SampleOptions(rates=rates, **plan))


def totals(sample: Sample, *by: str) -> pd.Series:
    final = pd.Series(sample.cells.weight * sample.weights.factor)
    return final.groupby([sample.cells.keys[name].astype(str) for name in by]).sum()


def test_every_wave_meets_the_population(study: Study) -> None:
    sample = made(study, responses(study))
    population = pd.Series(dict(study.areas.population("district")))
    for wave in ("W1", "W2"):
        got = totals(sample, "wave", "district").loc[wave]
        assert got.loc[population.index].to_numpy() / got.sum() == pytest.approx(
            population / population.sum(), rel=0.03
        )
    assert totals(sample, "wave").nunique() <= 2
    assert sample.weights.diagnostics["max_error"] <= 1e-12
    assert "迭代加权" in sample.label


def test_margins_are_met_exactly(study: Study) -> None:
    sample = made(study, responses(study))
    margin = study.margins[study.margins["age"].notna()]
    names = {entry.code: entry.label for entry in study.questionnaire.roles["sex"].choices}
    men = margin.groupby("sex")["population"].sum()
    got = totals(sample, "wave", "sex").loc["W1"].drop("nan", errors="ignore")
    shares = [got[names[code]] for code in men.index] / got.sum()
    assert shares == pytest.approx(men.to_numpy() / men.sum(), rel=0.02)


def test_rates_carry_their_caption(study: Study) -> None:
    sample = made(study, responses(study))
    found = sample.rates(measure="satisfaction", by=["district", "age"], where={"wave": "W2"})
    assert found.meta["mode"] == "入户面访"
    assert found.meta["suppression"] == 10
    age = study.questionnaire.roles["age"]
    assert set(found.table["age"]) <= {entry.label for entry in age.bands or age.choices}
    assert (found.table["conf_high"] > found.table["conf_low"]).all()


def test_opt_in_answers_stand_alone(study: Study) -> None:
    table = responses(study, mode=["household"] * 3000 + ["online"] * 1000)
    assert made(study, table).modes == ("household",)
    online = made(study, table, modes=("online",))
    assert online.opt_in
    assert online.rates(measure="support").table["conf_low"].isna().all()
    assert "参与者意见" in online.label
    with pytest.raises(DesignError, match="参与者意见"):
        made(study, table, modes=("household", "online"))
    with pytest.raises(DesignError, match="没有这种方式"):
        made(study, table, modes=("street",))


def test_modes_are_samples_of_their_own(study: Study) -> None:
    table = responses(study, mode=["household"] * 3000 + ["phone"] * 1000)
    sample = made(study, table)
    assert sample.modes == ("household", "phone")
    assert len(sample.design.strata) == 2 * len(study.areas.strata)
    both = totals(sample, "wave", "mode").loc["W1"]
    n = pd.Series(sample.cells.n).groupby([sample.cells.keys[k].astype(str) for k in ("wave", "mode")]).sum().loc["W1"]
    assert (both / both.sum()).to_numpy() == pytest.approx((n / n.sum()).to_numpy())


def test_waves_share_strata_only_where_they_share_points(study: Study) -> None:
    points = study.areas.frame.groupby("stratum")["psu"].apply(list)
    half = {psu for group in points for psu in group[: len(group) // 2]}
    table = responses(study).to_pandas()
    apart = table[table["psu"].isin(half) == (table["wave"] == "W1")]
    sample = made(study, pa.Table.from_pandas(apart, preserve_index=False), lonely="adjust")
    assert len(sample.design.strata) == 2 * len(points)
    assert len(made(study, responses(study)).design.strata) == len(points)


def test_answers_without_a_point_are_reported(study: Study) -> None:
    table = responses(study).to_pandas().astype({"psu": "Int64"})
    table.loc[:9, "psu"] = pd.NA
    sample = made(study, pa.Table.from_pandas(table, preserve_index=False))
    assert any("10 份答卷缺抽样点编码" in note for note in sample.notes)
    assert sample.cells.n.sum() == 3990


def test_given_weights_are_kept(study: Study) -> None:
    rng = np.random.default_rng(3)
    given = np.round(rng.lognormal(3, 0.4, 4000) * SCALE).astype("int64")
    sample = made(study, responses(study, w_fx=given))
    assert "设计权数" in sample.label


def test_no_margins_still_gives_design_weights(study: Study) -> None:
    rates = tuple(rate.name for rate in study.questionnaire.rates if rate.overall)
    sample = prepare(
        responses(study), study.questionnaire, study.areas, study.margins.iloc[:0], SampleOptions(rates=rates)
    )
    population = sum(study.areas.population("district").values())
    assert totals(sample, "wave").to_numpy() == pytest.approx(population)
    assert sample.weights.steps == ()


def test_small_categories_are_merged_and_reported(study: Study) -> None:
    table = responses(study).to_pandas()
    district = study.areas.frame.loc[0, "district"]
    points = study.areas.frame.loc[study.areas.frame["district"] == district, "psu"]
    oldest = study.margins["age"].max()
    table = table[~(table["psu"].isin(points) & (table["age"] == oldest) & (table["wave"] == "W1"))]
    sample = made(study, pa.Table.from_pandas(table, preserve_index=False))
    assert any(note.startswith("人数过少，合并了加权类别：W1") and district in note for note in sample.notes)


def margin_cells(n: dict[tuple[str, str], int]) -> Cells:
    rows = [key for key, count in n.items() for _ in range(count)]
    frame = pd.DataFrame(rows, columns=["district", "age"]).assign(y=1.0)
    return cells_from_frame(frame, ["y"], by=["district", "age"], collapse=False)


def margin(*districts: str) -> pd.DataFrame:
    rows = [(district, age, 100) for district in districts for age in ("a", "b", "c")]
    return pd.DataFrame(rows, columns=["district", "age", "population"])


def test_collapse_joins_neighbours_within_the_district() -> None:
    cells = margin_cells({("x", "a"): 20, ("x", "b"): 2, ("x", "c"): 9, ("z", "a"): 9, ("z", "b"): 9, ("z", "c"): 9})
    found = collapse(cells, margin("x", "z"), np.ones(len(cells), dtype=bool))
    assert found.merged == ("x/b+x/c",)
    assert found.population.tolist() == [100, 200, 100, 100, 100]
    assert found.left_out == ()


def test_collapse_leaves_out_and_reports_a_district_without_answers() -> None:
    cells = margin_cells({("x", "a"): 20, ("x", "b"): 8, ("x", "c"): 9})
    found = collapse(cells, margin("x", "z"), np.ones(len(cells), dtype=bool))
    assert found.left_out == ("z",)
    assert (found.population_out, found.population.sum()) == (300, 300)
    with pytest.raises(CalibrationError, match="没有任何答卷"):
        collapse(cells, margin("q"), np.ones(len(cells), dtype=bool))


def test_other_sums_of_the_same_responses_have_the_weights_and_the_design_that_are_known() -> None:
    mock = city()
    asked, rows = mock.questionnaire, mock.responses()
    rates = asked.headlines()
    plan, columns = SampleOptions(), grouping_columns(rows.column_names, mock.margins, SampleOptions())
    first, second = (build_cells(rows, some, columns) for some in (rates[:1], rates[1:]))
    known = weigh_cells(first, asked, mock.city.areas, mock.margins, plan)
    made = weigh_cells(second, asked, mock.city.areas, mock.margins, plan)
    found = resummed(known, second)
    assert found is not None
    assert found.weights is known.weights
    assert found.design is known.design
    where = {"wave": "W2"}
    assert found.rates(by=("district",), where=where).table.equals(made.rates(by=("district",), where=where).table)
    with pytest.raises(DesignError):
        found.rates(item=rates[0].name)
    assert resummed(known, build_cells(rows.slice(10), rates[1:], columns)) is None
