"""Golden records of rates, means, totals and contrasts, checked through the public API.

`checks(record)` returns (what, got, wanted, tolerance) for its records, None for those of other packages.
As a script this module prints the table of docs/statistics.md.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import Cells
from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.contrasts import Comparison, against_whole, between, combine, quotient
from analysis.estimation.intervals import Rated, interval
from analysis.estimation.linear import Linear, means, ratio, shares, totals
from analysis.estimation.rates import Reporting, rates
from analysis.weights.weights import base_weights, rake
from tests.analysis.golden_designs import Golden, data, golden

Record = dict[str, Any]
Check = tuple[str, Any, Any, float]
EXACT, RAKED, ITERATED = 1e-11, 1e-9, 1e-7
CALIBRATED = ("clus1_ps", "clus1_rake", "clus1_greg", "clus1_raking", "clus1_logit")
SCHOOLS = ("strat", "strat_nofpc", "clus1", "clus1_nofpc", "clus2", "clus2_fpc1", *CALIBRATED)
AS_IN_R = Reporting(as_in_r=True, suppression=0)


def tolerance(record: Record) -> float:
    return RAKED if record["design"] in ("clus1_rake", "clus1_raking", "clus1_logit", "city_rake") else EXACT


def column(record: Record, name: str) -> list[Any]:
    return [row.get(name, np.nan) for row in record["result"]["rows"]]


def se_name(record: Record) -> str:
    return next(name for name in record["result"]["rows"][0] if name == "se" or name.startswith("se."))


def linear_checks(record: Record, found: Linear, one: Golden, item: str = "") -> Iterator[Check]:
    """Check estimate, standard error and, where the record has them, covariance and design effect."""
    result, tol = record["result"], tolerance(record)
    rows = result["kind"] == "svyby"
    yield "estimate", found.estimate, column(record, item) if rows else result["est"], tol
    yield "std_error", found.std_error, column(record, se_name(record)) if rows else result["se"], tol
    if "vcov" in result:
        yield "vcov", one.design.covariance(found.influence), result["vcov"], tol
    if not rows and "deff" in result:
        reference = "wr" if '"replace"' in record["call"] else "wor"
        yield "deff", found.design_effect(reference), result["deff"], tol
    if rows and f"DEff.{item}" in result["rows"][0]:
        yield "deff", found.design_effect(), column(record, f"DEff.{item}"), tol
    if rows and "cv" in result["rows"][0]:
        yield "cv", found.std_error / found.estimate, column(record, "cv"), tol
        yield "var", found.variance, column(record, "var"), tol


def interval_checks(
    record: Record, one: Golden, method: str, item: str, by: list[str], **options: Any
) -> Iterator[Check]:
    """Check an interval by its R name, through `rates`."""
    table = rates(
        one.cells,
        item=item,
        by=by,
        design=one.design,
        weights=one.weights,
        interval=method,
        reporting=AS_IN_R,
        **options,
    ).table
    rows = record["result"]["kind"] == "svyby"
    low, high = ("ci_l", "ci_u") if rows else ("ci_low", "ci_high")
    tol = ITERATED if method == "logit" else tolerance(record)
    wanted = {name: column(record, name) if rows else record["result"][name] for name in (low, high)}
    estimate = column(record, item) if rows else record["result"]["est"]
    error = column(record, se_name(record)) if rows else record["result"]["se"]
    yield "estimate", table["estimate"], estimate, max(tol, ITERATED if method in ("logit", "likelihood") else 0)
    yield "std_error", table["std_error"], error, tol
    yield "conf_low", table["conf_low"], wanted[low], tol
    yield "conf_high", table["conf_high"], wanted[high], tol


def rated(one: Golden, item: str, by: list[str], **changes: Any) -> Rated:
    found = means(one.basis, [item], by=by)
    n, df = found.n.astype(float), found.df.astype(float)
    return replace(Rated(found.estimate, found.variance, n, df, n, df), **changes)


def limits(record: Record) -> list[list[Any]]:
    """Return the low and high limits of a record."""
    if record["result"]["kind"] == "svyby":
        return [column(record, "ci_l"), column(record, "ci_u")]
    return [[record["result"]["ci_low"]], [record["result"]["ci_high"]]]


def _school_mean(record: Record, item: str, kind: str) -> Iterator[Check]:
    one = golden(record["design"])
    by = {"mean": [], "mean_deffrep": [], "by_stype.mean": ["stype"], "by_compimp.mean": ["comp.imp"]}
    if kind == "by2.mean":  # R lists the first column fastest
        found = means(one.basis, [item], by=["comp.imp", "stype"])
    else:
        found = means(one.basis, [item], by=by[kind])
    yield from linear_checks(record, found, one, item)


def _school_interval(record: Record, item: str, by: str, variant: str, method: str) -> Iterator[Check]:
    one = golden(record["design"])
    if variant == "_dfInf":
        low, high = interval(method)(rated(one, item, [], df=np.array([np.inf])))
        tol = ITERATED if method == "logit" else EXACT
        yield "conf_low", low, record["result"]["ci_low"], tol
        yield "conf_high", high, record["result"]["ci_high"], tol
        return
    columns = ["stype"] if by else []
    options = {"level": 0.90} if variant == "90" else {}
    checks = interval_checks(record, one, method, item, columns, **options)
    if method == "beta" and by and record["design"] in CALIBRATED:  # R counts the whole sample here
        checks = (check for check in checks if not check[0].startswith("conf"))
        whole = np.full(3, float(one.cells.n.sum()))
        yield "conf with R's n", np.array(interval("beta")(rated(one, item, columns, n=whole))), limits(record), EXACT
    yield from checks


def _school_other(record: Record, item: str, kind: str) -> Iterator[Check]:
    one, result, tol = golden(record["design"]), record["result"], tolerance(record)
    found = means(one.basis, [item], by=["comp.imp"])
    if kind == "by_compimp.confint_t":
        whole = np.full(2, float(one.design.degrees))
        got = interval("mean")(rated(one, item, ["comp.imp"], df=whole))
        yield "limits", np.array(got).T, result["value"], tol
    elif kind == "diff_compimp":
        value, cov = combine(one.basis, found, np.array([[-1.0], [1.0]]))
        yield "estimate", value, result["est"], tol
        yield "std_error", np.sqrt(cov[0]), result["se"], tol
    elif kind == "ratio_compimp":
        value, variance = quotient(one.basis, found, 1, 0)
        if result["est"] == "Inf":  # a ratio with denominator 0: R returns Inf with NaN, here it is missing
            yield "undefined", np.isnan(value) and np.isnan(variance), True, 0
        else:
            yield "estimate", value, result["est"], tol
            yield "std_error", np.sqrt(variance), result["se"], tol
    else:
        level = kind.rpartition(".")[2]
        yield "df", found.df[["No", "Yes"].index(level)], result["value"], 0


def _school_whole(record: Record, kind: str) -> Iterator[Check]:
    one, tol = golden(record["design"]), tolerance(record)
    if kind == "total.wide":
        found = totals(one.basis, ["wide"])
        yield from (
            (name, got, want, tol) for name, got, want, _ in linear_checks(record, found, one) if name != "deff"
        )
        simple = means(one.basis, ["wide"]).simple_variance() * found.size**2
        yield "deff", found.variance / simple, record["result"].get("deff", np.nan), tol
    elif kind == "ratio":
        found = ratio(one.basis, "api00", "api99")
        yield "estimate", found.estimate, record["result"]["est"], tol
        yield "std_error", found.std_error, record["result"]["se"], tol
    elif kind == "factor.mean":
        yield from linear_checks(record, shares(one.basis, ["stype"]), one)
    elif kind == "subset.mean":
        above = [value for value in one.cells.codes("api00")[1] if value > 600]
        yield from linear_checks(record, means(one.basis, ["wide"], where={"api00": above}), one)
    elif kind == "weights":
        yield "weights", one.cells.weight * one.weights.factor, record["result"]["value"], max(tol, RAKED)
    else:
        yield from linear_checks(record, means(one.basis, ["api00"], by=["stype"] * ("by" in kind)), one, "api00")


def _fpc(record: Record, kind: str) -> Iterator[Check]:
    frame = data("fpc")
    frame["large"] = frame.x > 4
    keys = {"psu": "psuid", "stratum": "stratid"} | ({"fpc1": "Nh"} if record["design"].endswith("fpc") else {})
    cells = cells_from_frame(frame, ["x"], by=["large"], design=keys, weight="weight")
    one = Golden(cells, make_design(cells), base_weights(cells))
    found = means(one.basis) if kind == "mean" else totals(one.basis, by=["large"] * (kind == "by"))
    yield from linear_checks(record, found, one, "x")


def lonely(rule: str, domain: bool = False) -> Golden:
    cells = cells_from_frame(
        data("lonely"), ["wide"], by=["comp.imp", "half"], design={"stratum": "stype"}, weight="pw", collapse=False
    )
    return Golden(cells, make_design(cells, lonely=rule, domain_lonely=domain), base_weights(cells))


def _lonely(record: Record, rule: str, kind: str) -> Iterator[Check]:
    one = lonely(rule, kind.startswith("domlonely"))
    if kind.startswith("ci."):
        yield from interval_checks(record, one, kind[3:], "wide", [])
    elif kind in ("mean", "total"):
        yield from linear_checks(record, (means if kind == "mean" else totals)(one.basis), one)
    else:
        by = ["comp.imp"] if kind == "by" else ["half"]
        yield from linear_checks(record, means(one.basis, by=by), one, "wide")


def _nhanes(record: Record, kind: str) -> Iterator[Check]:
    one = golden("nh")
    by = {"by_race": ["race"], "by_age_sex": ["RIAGENDR", "agecat"]}.get(
        kind.split(".")[-3] if ".ci." in kind else "", []
    )
    if kind == "diff_sex":
        value, cov = combine(one.basis, means(one.basis, by=["RIAGENDR"]), np.array([[1.0], [-1.0]]))
        yield "estimate", value, record["result"]["est"], EXACT
        yield "std_error", np.sqrt(cov[0]), record["result"]["se"], EXACT
    elif ".ci." in f".{kind}":
        method = kind.rpartition(".")[2]
        quirk = "noNA" not in kind
        for check in interval_checks(record, one, method, "HI_CHOL", by):
            if not (quirk and check[0].startswith("conf")):
                yield check
        if quirk:  # R counts rows and PSUs without an answer in n and df
            got = np.array(interval(method)(rated(one, "HI_CHOL", by, **_members(one, by))))
            yield "conf with R's df and n", got, limits(record), ITERATED if method == "logit" else EXACT
    else:
        found = means(one.basis, by=["race"])
        wanted = linear_checks(record, found, one, "HI_CHOL")
        yield from (check for check in wanted if check[0] != "deff" or "noNA" in kind or "mean_cov" in kind)


def _members(one: Golden, by: list[str]) -> dict[str, Any]:
    """Return degrees of freedom and n as R counts them with na.rm=TRUE: members, answered or not."""
    everyone = replace(one.cells, n_i=one.cells.n[None, :], wo=one.cells.w[None, :], cache={})
    found = means(replace(one.basis, cells=everyone), by=by)
    return {"df": found.df.astype(float), "n": found.n.astype(float)}


def _city(record: Record, item: str, kind: str) -> Iterator[Check]:
    one, first = golden("cityd"), {"where": {"wave": 1}}
    by = ["sex", "age", "district"] if "age_sex" in kind else ["district"] * ("district" in kind)
    if ".ci." in kind:
        yield from interval_checks(record, one, kind.rpartition(".")[2], item, by, **first)
    elif kind in ("all", "by_district.mean", "by_district_age_sex.mean"):
        yield from linear_checks(record, means(one.basis, [item], by=by, **first), one, item)
    elif kind in ("by_wave", "wave_diff_by_district"):
        yield from linear_checks(record, means(one.basis, [item], by=[*by, "wave"]), one, item)
        if by:
            yield from _change(record, one, item)
    elif kind == "wave_diff":
        table = between(one.basis, "wave", (1, 2), Comparison([item], as_in_r=True)).table
        yield "estimate", table["estimate"], record["result"]["est"], EXACT
        yield "std_error", table["std_error"], record["result"]["se"], EXACT
    else:
        yield from _against_city(record, one, item)


def _against_city(record: Record, one: Golden, item: str) -> Iterator[Check]:
    first = {"where": {"wave": 1}}
    if record["id"].endswith("_lin"):
        table = against_whole(one.basis, Comparison([item], ["district"], {"wave": 1}, as_in_r=True)).table
        yield "contrast", table[["estimate", "std_error"]], record["result"]["value"], EXACT
        return
    found = means(one.basis, [item], by=["district"], **first)
    value, cov = combine(one.basis, found, np.full((8, 8), -1 / 7) + np.eye(8) * (8 / 7))
    yield "contrast", np.array([value, np.sqrt(np.diag(cov))]), record["result"]["value"], EXACT


def _change(record: Record, one: Golden, item: str) -> Iterator[Check]:
    rows, vcov = pd.DataFrame(record["result"]["rows"]), np.array(record["result"]["vcov"])
    table = between(one.basis, "wave", (1, 2), Comparison([item], ["district"], as_in_r=True)).table
    for at, district in enumerate(table["district"]):
        sign = (rows["district"] == district).to_numpy() * np.where(rows["wave"] == 2, 1.0, -1.0)
        yield f"change {district}", table["std_error"][at], np.sqrt(sign @ vcov @ sign), EXACT


def city_rake(equal: bool) -> Golden:
    """Rake the city with residuals of equally weighted responses, as R's `rake` with `equal`."""
    frame = data("city")
    cells: Cells = cells_from_frame(
        frame[frame.wave == 1],
        ["y1", "y2", "y3", "y4"],
        by=["district", "age", "sex"],
        design={"stratum": "stratum", "psu": "psu"},
        weight="w",
        collapse=not equal,
    )
    ages = {"age": ["18-29", "30-44", "45-59", "60+"], "population": [300000, 350000, 250000, 200000]}
    sexes = {"sex": ["F", "M"], "population": [560000, 540000]}
    weights = rake(cells, base_weights(cells), [pd.DataFrame(ages), pd.DataFrame(sexes)])
    if equal:
        steps = tuple(replace(step, regression=np.ones(len(cells)), cache={}) for step in weights.steps)
        weights = replace(weights, steps=steps)
    return Golden(cells, make_design(cells), weights)


def _city_rake(record: Record, kind: str) -> Iterator[Check]:
    one = city_rake(equal=True)
    if kind == "weights":
        yield "weights", one.cells.weight * one.weights.factor, record["result"]["value"], RAKED
    else:
        item = kind.partition(".")[0]
        yield from linear_checks(record, means(one.basis, [item], by=["district"]), one, item)


ITEM = r"(wide|awards01)"
KINDS = r"mean|mean_deffrep|by_stype\.mean|by_compimp\.mean|by2\.mean"
OTHERS = r"by_compimp\.confint_t|diff_compimp|ratio_compimp|degf_compimp\.\w+"
WHOLE = r"total\.wide|ratio|factor\.mean|subset\.mean|weights|api00\.mean|api00\.by_stype"
FAMILIES: dict[str, Callable[..., Iterator[Check]]] = {
    rf"{ITEM}\.({KINDS})": _school_mean,
    rf"{ITEM}\.(by_stype\.)?ci(90|_dfInf)?\.(\w+)": _school_interval,
    rf"{ITEM}\.({OTHERS})": _school_other,
    rf"({WHOLE})": _school_whole,
}


def checks(record: Record) -> list[Check] | None:
    """Return the checks of a record; None when it belongs to tests, models or replicates."""
    design, _, rest = record["id"].partition(".")
    if "result" not in record:
        return None
    if design in SCHOOLS:
        for pattern, family in FAMILIES.items():
            if match := re.fullmatch(pattern, rest):
                return list(family(record, *(group or "" for group in match.groups())))
        return None
    if "chisq" in rest or rest == "std":
        return None
    if design == "lon":
        rule, _, kind = rest.partition(".")
        return list(_lonely(record, rule, kind))
    if design in ("city1", "city"):
        item, _, kind = rest.partition(".")
        return list(_city(record, item, kind))
    single = {
        "fpcd": _fpc,
        "fpcd_fpc": _fpc,
        "city_rake": _city_rake,
        "nh": lambda r, k: _nhanes(r, k.removeprefix("chol.")),
    }
    return list(single[design](record, rest)) if design in single else None
