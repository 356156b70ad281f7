"""Crosstabs equal svy: shares, standard errors, Rao-Scott tests and the verdict on every pair of groups."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import svy
from scipy import stats

from analysis.estimation.contrasts import Comparison, against_each_other
from analysis.estimation.multiplicity import benjamini_hochberg
from reports.crosstab.answers import Answers, gather_answers, key_of
from reports.crosstab.crosstab import crosstab
from reports.crosstab.request import Marks, Request
from reports.crosstab.slices import Slice, slices
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
    root = imported_city(tmp_path_factory.mktemp("crosstab") / "city", districts=5, waves=1, texts=False, online=False)
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
        check_unanimous(answers, sample, data, head)


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
    """Compare the verdict on each pair of the first answer, without the pooled variance that we add.

    A group of one sampling point has no degrees of freedom of its own; svy lends it those of the other group, and takes
    its variance as it is. Nothing more than that may be seen of it here.
    """
    pairs, labels = compared(answers, head, as_in_r=True, items=answers.lines[0].items)
    pairs = pairs[pairs["estimate"].notna() & ~(unanimous(pairs, "rate") | unanimous(pairs, "reference"))]
    theirs_of = marked(sample, data, answers.lines[0].label)
    tested = [svy_t_test(theirs_of, labels, pair) for pair in rows_of(pairs)]
    # The degrees of freedom are theirs, of both groups together; ours are those of the weaker group.
    own = 2 * stats.t.sf(np.abs(pairs["estimate"] / pairs["std_error"]), [degrees for _, degrees in tested])
    theirs = np.array([p for p, _ in tested])
    where = slice_of(answers).where
    shares = answers.sample.rates(item=answers.lines[0].items[0], by=(key_of(head),), where=where).table
    single = np.flatnonzero(shares["df_sample"] <= 0)
    alone = (pairs["one"].isin(single) | pairs["other"].isin(single)).to_numpy()
    assert (own[alone] >= theirs[alone] * (1 - 1e-9)).all()
    seen = [benjamini_hochberg(np.where(alone, np.nan, p)) <= ALPHA for p in (own, theirs)]
    assert seen[0].tolist() == seen[1].tolist()


def check_unanimous(answers: Answers, sample: Any, data: pl.DataFrame, head: Variable) -> None:
    """Compare the verdicts on pairs of which one side gave one answer, of all answers.

    svy takes the variance of that side for 0, and has no verdict where both sides are unanimous. A rate of 0 of 130 is
    no surprise where the others have 1 in 100: nothing may be seen here that svy, or the hybrid score interval of
    Newcombe (1998, Statistics in Medicine 17:873, method 10) on the effective sizes, does not see; what that interval
    and the test of Agresti & Caffo (2000, American Statistician 54:280) see clearly must be seen here.
    """
    pairs, labels = compared(answers, head, as_in_r=False, items=[line.items[0] for line in answers.lines])
    seen = (unanimous(pairs, "rate") | unanimous(pairs, "reference")) & (pairs["n"] >= answers.sample.suppression)
    where = slice_of(answers).where
    shares = answers.sample.rates(item=list(dict.fromkeys(pairs["item"])), by=(key_of(head),), where=where).table
    sizes = {name: part["n_pooled"].tolist() for name, part in shares.groupby("item", sort=False)}
    names = {line.items[0]: line.label for line in answers.lines}
    for pair in rows_of(pairs[seen]):
        own = sizes[pair["item"]]
        first, second = (pair["rate"], own[pair["one"]]), (pair["reference"], own[pair["other"]])
        p, _ = svy_t_test(marked(sample, data, names[pair["item"]]), labels, pair)
        if {pair["rate"], pair["reference"]} <= {0.0, 1.0}:  # svy: no p, or one made of rounding errors
            assert (pair["p_value"] == 1) == (pair["rate"] == pair["reference"])
        else:
            assert pair["p_value"] >= p
        newcombe, caffo = score_excludes_0(first, second, pair["df"]), agresti_caffo(first, second, pair["df"])
        assert newcombe or pair["p_value"] > ALPHA
        assert not (newcombe and caffo < ALPHA / 5) or pair["p_value"] <= ALPHA


def score_excludes_0(first: tuple[float, float], second: tuple[float, float], df: float) -> bool:
    """Return whether the hybrid score interval of a difference of rates (rate, effective size) leaves 0 out."""
    t = stats.t.ppf(1 - ALPHA / 2, df)
    (low, high), (below, above) = (wilson(*one, t) for one in (first, second))
    (p, _), (q, _) = first, second
    return bool(p - q > np.hypot(p - low, above - q) or q - p > np.hypot(high - p, q - below))


def wilson(p: float, n: float, t: float) -> tuple[float, float]:
    middle = (p + t * t / 2 / n) / (1 + t * t / n)
    half = t * np.sqrt(p * (1 - p) / n + t * t / 4 / n / n) / (1 + t * t / n)
    return middle - half, middle + half


def agresti_caffo(first: tuple[float, float], second: tuple[float, float], df: float) -> float:
    """Return the p-value of the test that adds a success and a failure to both sides."""
    (p, n), (q, m) = (((rate * size + 1) / (size + 2), size + 2) for rate, size in (first, second))
    return float(2 * stats.t.sf(abs(p - q) / np.sqrt(p * (1 - p) / n + q * (1 - q) / m), df))


def slice_of(answers: Answers) -> Slice:
    return list(slices(answers, answers.gathered.newest(Selection()), everywhere=True))[1]


def compared(
    answers: Answers, head: Variable, *, as_in_r: bool, items: Sequence[str]
) -> tuple[pd.DataFrame, list[tuple[str, ...]]]:
    """Return all pairs of groups, and the labels of the groups."""
    one = slice_of(answers)
    asked = Comparison(items, (key_of(head),), dict(one.where), as_in_r=as_in_r)
    return against_each_other(answers.sample.basis, asked).table, one.labels(one.domains(answers)[0])


def unanimous(pairs: pd.DataFrame, side: str) -> pd.Series:
    return pairs[side].isin((0.0, 1.0))


def rows_of(pairs: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in pairs.to_dict("records")]


def marked(sample: Any, data: pl.DataFrame, label: str) -> Any:
    return svy.Sample(data.with_columns((pl.col("answer") == label).cast(pl.Int8).alias("y")), sample.design)


def svy_t_test(sample: Any, labels: list[tuple[str, ...]], pair: dict[str, Any]) -> tuple[float, float]:
    """Return p and the degrees of freedom of the t test of svy."""
    two = [labels[pair["one"]][0], labels[pair["other"]][0]]
    found = sample.categorical.ttest("y", group="group", where=KNOWN & svy.col("group").is_in(two)).stats
    return float(found.p_value), float(found.df)
