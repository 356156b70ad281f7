"""Rates, means, totals, ratios and contrasts against R `survey` 4.5.

Our own records (tests/golden) always run; those on the GPL example data are read from ../shared and skipped without.
Each record holds the R call behind its numbers.
"""

import json
import re
from typing import Any

import numpy as np
import pytest

from analysis.estimation.intervals import interval
from analysis.estimation.linear import means
from survey.errors import DesignError
from tests.analysis import r_profile
from tests.analysis.golden_designs import OWN, SHARED, golden
from tests.analysis.golden_rates import CALIBRATED, SCHOOLS, Record, checks, limits, lonely, rated

# Deliberate differences from R: the parts of a record that are not compared, and why.
UNDEFINED = {
    # The answers are unanimous, so there is no design effect; R divides noise by noise.
    r"clus1_(ps|rake|greg|raking)\.wide\.by_compimp\.mean deff",
    # The rate is itself a margin: the error is 0 and the interval a point; R returns .5 or NaN.
    r"clus1_rake\.wide\.ci\.(beta|wilson) conf_(low|high)",
    # R ignores `df=` in this form; ours uses it.
    r"clus1\.wide\.ci_dfInf\.beta conf_(low|high)",
    # Unanimous cells: R's error of 1e-17 is exactly 0 here.
    r"city1\.y2\.by_district_age_sex\.\S+ (std_error|deff|conf_low|conf_high)",
}


def read(path: Any) -> list[Record]:
    return json.loads(path.read_text(encoding="utf-8"))["records"] if path.is_file() else []


OURS = read(OWN / "rates.json")
THEIRS = [record for record in read(SHARED / "golden.json") if record["id"] not in {own["id"] for own in OURS}]


def numbers(values: Any) -> np.ndarray:
    flat = np.ravel(np.array(values, dtype=object))
    return np.array([np.nan if value is None else float(value) for value in flat])


def excused(record: Record, what: str) -> bool:
    if "likelihood" in record["id"] and what.startswith("conf"):
        return True
    return any(re.fullmatch(pattern, f"{record['id']} {what}") for pattern in UNDEFINED)


def compare(record: Record) -> int:
    """Compare and return the number of comparisons."""
    made = 0
    for what, got, wanted, tolerance in checks(record) or []:
        ours, theirs = numbers(got), numbers(wanted)
        # A rate of 0 or 1 has an error of exactly 0 here and of 1e-17 in R.
        scale = np.abs(theirs).max() if what == "vcov" else np.abs(theirs)
        close = np.abs(ours - theirs) <= tolerance * np.where(scale > 0, scale, 1) + 1e-14
        close |= np.isnan(ours) & np.isnan(theirs)
        if excused(record, what):
            continue
        assert close.all(), f"{record['id']} {what}: {ours[~close][:3]} not {theirs[~close][:3]}"
        made += close.size
    return made


@pytest.mark.parametrize("record", OURS, ids=lambda record: record["id"])
def test_record_of_this_repository(record: Record) -> None:
    assert compare(record) > 0


@pytest.mark.skipif(not THEIRS, reason="no ../shared/golden: records on GPL data are not checked")
@pytest.mark.parametrize("design", [*SCHOOLS, "fpcd", "fpcd_fpc", "lon"])
def test_shared_design(design: str) -> None:
    made = [compare(record) for record in THEIRS if record["design"] == design]
    assert sum(made) >= {"fpcd": 9, "fpcd_fpc": 9, "lon": 150}.get(design, 300)


@pytest.mark.skipif(not THEIRS, reason="no ../shared/golden")
@pytest.mark.parametrize(
    "record", [r for r in THEIRS if r["id"].startswith("lon.fail")], ids=lambda record: record["id"]
)
def test_lonely_fail_is_an_error_as_in_r(record: Record) -> None:
    assert "only one PSU" in record["error"]
    one = lonely("fail")
    with pytest.raises(DesignError, match="只有一个初级抽样单元"):
        means(one.basis)


def likelihoods() -> list[Record]:
    wanted = [r for r in THEIRS if "likelihood" in r["id"] and r["design"] in SCHOOLS and "result" in r]
    return [r for r in wanted if (r["design"], "by_stype" in r["id"]) != ("clus1_rake", False)]


@pytest.mark.skipif(not THEIRS, reason="no ../shared/golden")
@pytest.mark.parametrize("record", likelihoods(), ids=lambda record: record["id"])
def test_likelihood(record: Record) -> None:
    """Exact here; R's interpolation, reproduced, gives R's numbers; both are within 5e-4 of each other."""
    one = golden(record["design"])
    item, by = record["id"].split(".")[1], ["stype"] if "by_stype" in record["id"] else []
    level = 0.90 if "ci90" in record["id"] else 0.95
    given = rated(one, item, by, level=level)
    df = np.full(len(given.p), np.inf) if "Inf" in record["id"] else given.df
    given = rated(one, item, by, level=level, df=df)
    low, high = interval("likelihood")(given)
    theirs = np.array(limits(record), dtype=float)
    assert np.abs(np.array([low, high]) - theirs).max() < 5e-4
    if given.variance.min() > 0:
        rows = np.full(len(given.p), float(one.cells.n.sum())) if record["design"] in CALIBRATED else given.n
        each = zip(given.p, given.n, given.n_eff, df, rows, strict=True)
        again = [r_profile.limits(p, n, n_eff, own, level, whole) for p, n, n_eff, own, whole in each]
        known = np.isfinite(np.array(again)).all(axis=1)
        assert known.sum() >= min(2, len(known))
        assert np.abs(np.array(again).T - theirs)[:, known].max() < 3e-6


def test_likelihood_solves_its_equation() -> None:
    one = golden("cityd")
    given = rated(one, "y1", ["district"])
    for limit in interval("likelihood")(given):
        p, q = given.p, limit
        distance = 2 * given.n_eff * (p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)))
        assert distance == pytest.approx(given.t**2 * given.n / (given.n - 1), rel=1e-10)
