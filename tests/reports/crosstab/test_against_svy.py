"""Crosstabs equal svy: shares, standard errors, Rao-Scott tests and the verdict on every pair of groups."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
import svy
from scipy import stats

from analysis.estimation.contrasts import Comparison, against_each_other
from analysis.estimation.multiplicity import benjamini_hochberg
from reports.crosstab.answers import Answers, gather_answers, key_of
from reports.crosstab.crosstab import crosstab
from reports.crosstab.request import Marks, Request
from reports.crosstab.slices import slices
from reports.crosstab.variables import Kind, Variable, groups, questions
from reports.sample import read_counted
from reports.selection import Selection
from survey.study.study import Study, load_study
from tests.city_folder import imported_city

EVERY_TIME, TABLES = 6, 200
ALPHA = 0.05
KNOWN = svy.col("answer").is_not_null() & svy.col("group").is_not_null()
"""A domain: svy would drop other rows, and their sampling points with them, with `drop_nulls`."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A city without margins: svy knows no residuals of raked weights."""
    root = imported_city(tmp_path_factory.mktemp("crosstab") / "city", waves=1, texts=False, online=False)
    found = load_study(root)
    return replace(found, margins=found.margins.iloc[:0])


def pair(study: Study, seed: int) -> tuple[Variable, Variable]:
    """Return a random question of single choice and a random group of at most eight labels."""
    rng = np.random.default_rng(seed)
    rows = [one for one in questions(study.questionnaire).values() if one.kind is Kind.SINGLE]
    heads = [one for one in groups(study).values() if one.kind is Kind.SINGLE or one.name in ("district", "place")]
    row = rows[rng.integers(len(rows))]
    head = [one for one in heads if one.column != row.column][rng.integers(len(heads) - 1)]
    return row, head


def frame_of(answers: Answers, study: Study, row: Variable, head: Variable) -> pl.DataFrame:
    """Return one row per response with its stratum, psu, weight, answer and group, as svy takes them."""
    cells = answers.sample.cells
    weight = answers.sample.basis.final(cells.w.astype(np.float64)) / cells.scale / cells.n
    points = {
        int(psu): (str(stratum), float(one))
        for psu, stratum, one in zip(cells.keys["psu"], cells.keys["stratum"].astype(str), weight, strict=True)
    }
    rows = read_counted(study, Selection()).rows.to_pandas()
    labels = {one.code: one.label for one in row.options if not one.missing}
    if head.kind is Kind.PLACE:
        group = rows["psu"].map(study.areas.frame.set_index("psu")[head.column])
    else:
        group = rows[head.column].map({one.code: one.label for one in head.options if not one.missing})
    found = rows.assign(
        stratum=[points[int(psu)][0] for psu in rows["psu"]],
        weight=[points[int(psu)][1] for psu in rows["psu"]],
        answer=rows[row.column].map(labels),
        group=group,
    )[["stratum", "psu", "weight", "answer", "group"]]
    return pl.from_pandas(found.astype({"psu": str}))


def few(seed: int) -> Any:
    return seed if seed < EVERY_TIME else pytest.param(seed, marks=pytest.mark.slow)


@pytest.mark.parametrize("seed", [few(seed) for seed in range(TABLES)])
def test_a_random_table_is_that_of_svy(study: Study, seed: int) -> None:
    row, head = pair(study, seed)
    request = Request((row.name,), ((head.name,),), marks=Marks.LETTERS)
    answers, found = gather_answers(study, Selection(), request), crosstab(study, Selection(), request)
    data = frame_of(answers, study, row, head)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # svy warns of missing answers
        sample = svy.Sample(data, svy.Design(stratum="stratum", psu="psu", wgt="weight"))
        check_shares(found, sample, data)
        check_test(found, sample)
        check_pairs(answers, sample, data, head)


def check_shares(found: Any, sample: Any, data: pl.DataFrame) -> None:
    cells = found.cells
    for number, line in enumerate(found.lines):
        mark = pl.when(pl.col("answer").is_not_null()).then((pl.col("answer") == line.label).cast(pl.Int8))
        theirs = svy.Sample(data.with_columns(mark.alias("y")), sample.design).estimation
        table = (
            theirs.mean("y", by="group", drop_nulls=True)
            .to_polars()
            .to_pandas()
            .astype({"group": str})
            .set_index("group")
        )
        for at, column in enumerate(found.columns[1:], start=1):
            cell = cells[number, at]
            if not np.isnan(cell["estimate"]):
                assert cell["estimate"] == pytest.approx(table.loc[column.labels[0], "est"], abs=1e-9)
                assert cell["error_sample"] == pytest.approx(table.loc[column.labels[0], "se"], rel=1e-7, abs=1e-9)


def check_test(found: Any, sample: Any) -> None:
    (ours,) = found.tests
    if ours.p_value is None:
        return
    theirs = sample.categorical.tabulate("answer", "group", where=KNOWN).stats.f
    assert ours.statistic == pytest.approx(float(theirs.value), rel=1e-6)
    assert ours.p_value == pytest.approx(float(theirs.p_value), rel=1e-5, abs=1e-12)


def check_pairs(answers: Answers, sample: Any, data: pl.DataFrame, head: Variable) -> None:
    """Compare the verdict on each pair of the first answer, without the pooled variance that we add."""
    line = answers.lines[0]
    one = list(slices(answers, answers.gathered.newest(Selection()), everywhere=True))[1]
    asked = Comparison(line.items, (key_of(head),), dict(one.where), as_in_r=True)
    ours = against_each_other(answers.sample.basis, asked).table
    labels = one.labels(one.domains(answers.sample.cells)[0])
    marked = data.with_columns((pl.col("answer") == line.label).cast(pl.Int8).alias("y"))
    p, degrees = [], []
    for first, second in zip(ours["one"], ours["other"], strict=True):
        two = [labels[first][0], labels[second][0]]
        if marked.filter(pl.col("y").is_not_null() & pl.col("group").is_in(two))["group"].n_unique() < 2:
            p.append(float("nan"))
            degrees.append(1.0)
            continue
        test = svy.Sample(marked, sample.design).categorical.ttest(
            "y", group="group", where=KNOWN & svy.col("group").is_in(two)
        )
        p.append(float(test.stats.p_value))
        degrees.append(float(test.stats.df))
    # A group without a single or with nothing but this answer has variance 0 in svy and R; we add what p(1 - p)/n says.
    # The degrees of freedom are theirs, of both groups together; ours are those of the weaker group.
    unanimous = ours["rate"].isin((0.0, 1.0)) | ours["reference"].isin((0.0, 1.0))
    own = 2 * stats.t.sf(np.abs(ours["estimate"] / ours["std_error"]), degrees)
    ours_seen = benjamini_hochberg(np.where(unanimous, np.nan, own)) <= ALPHA
    theirs_seen = benjamini_hochberg(np.where(unanimous, np.nan, p)) <= ALPHA
    assert ours_seen.tolist() == theirs_seen.tolist()
