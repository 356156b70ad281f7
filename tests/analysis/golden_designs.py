"""The sampling designs of the golden records, built through the public API."""

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.design.cells import Cells
from analysis.design.design import Design, make_design
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.weighted_design import WeightedDesign
from analysis.inference.observations import Observations, observe
from analysis.weights.calibrate import calibrate_cells
from analysis.weights.replicates import Replicates, calibrate_replicates, make_replicates
from analysis.weights.totals import margins
from analysis.weights.weights import Weights, base_weights, post_stratify, rake

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "golden"
OWN = ROOT / "tests" / "golden"

TYPES = {"E": 4421.0, "H": 755.0, "M": 1018.0}
MET = {"No": 1072.0, "Yes": 5122.0}
SCHOOL_KEYS = ["stype", "sch.wide", "comp.imp", "meals", "api00", "api99"]


@dataclass(frozen=True)
class Golden:
    cells: Cells
    design: Design
    weights: Weights
    replicates: Replicates | None = None

    @property
    def basis(self) -> WeightedDesign:
        return WeightedDesign(self.cells, self.design, self.weights)

    def observe(self, item: str | None = None) -> Observations:
        return observe(self.cells, self.design, item=item, weights=self.weights, replicates=self.replicates)


def data(name: str) -> pd.DataFrame:
    """Return a data file: our own copy where there is one, else the shared one."""
    for place in (*sorted(OWN.rglob(f"{name}.csv")), SHARED / "data" / f"{name}.csv"):
        if place.is_file():
            return pd.read_csv(place)
    raise FileNotFoundError(name)


def _schools(file: str, weight: str = "pw", **keys: str) -> Golden:
    frame = data(file)
    if weight == "two":
        frame["two"] = frame.fpc1 / 40 * frame.fpc2 / frame.groupby("dnum").snum.transform("count")
    items = ["wide", "awards01", "api00", "api99"]
    cells = cells_from_frame(frame, items, by=SCHOOL_KEYS, design=keys, weight=weight, collapse=False)
    return Golden(cells, make_design(cells), base_weights(cells))


def table(name: str, levels: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame({name: list(levels), "population": list(levels.values())})


def to_types(cells: Cells) -> Weights:
    return post_stratify(cells, base_weights(cells), table("stype", TYPES))


def to_both(cells: Cells) -> Weights:
    return rake(cells, base_weights(cells), [table("stype", TYPES), table("sch.wide", MET)], tolerance=1e-13)


def to_scores(cells: Cells, **options: Any) -> Weights:
    return calibrate_cells(cells, margins(cells.keys, {"stype": TYPES}, numbers={"api99": 3914069.0}), **options)


CALIBRATIONS = {
    "ps": to_types,
    "rake": to_both,
    "greg": to_scores,
    "raking": partial(to_scores, distance="raking"),
    "logit": partial(to_scores, distance="logit", bounds=(0.5, 2.0)),
}
PLAIN = {
    "strat": partial(_schools, "apistrat", stratum="stype", fpc1="fpc"),
    "strat_nofpc": partial(_schools, "apistrat", stratum="stype"),
    "clus1": partial(_schools, "apiclus1", psu="dnum", fpc1="fpc"),
    "clus1_nofpc": partial(_schools, "apiclus1", psu="dnum"),
    "clus2": partial(_schools, "apiclus2", "two", psu="dnum", ssu="snum", fpc1="fpc1", fpc2="fpc2"),
    "clus2_fpc1": partial(_schools, "apiclus2", psu="dnum", fpc1="fpc1"),
}


def _calibrated(name: str) -> Golden:
    base = golden("clus1")
    return Golden(base.cells, base.design, CALIBRATIONS[name](base.cells))


def _replicated(base: Golden, method: str, calibration: str = "") -> Golden:
    replicates = make_replicates(base.design, method)
    if not calibration:
        return Golden(base.cells, base.design, base.weights, replicates)
    weights, again = calibrate_replicates(replicates, base.cells, CALIBRATIONS[calibration])
    return Golden(base.cells, base.design, weights, again)


REPLICATED = {
    "clus1_jk1": ("clus1_nofpc", "jk1", ""),
    "clus1_jk1_fpc": ("clus1", "jk1", ""),
    "clus1_jk1_rake": ("clus1_nofpc", "jk1", "rake"),
    "clus1_jk1_ps": ("clus1_nofpc", "jk1", "ps"),
    "strat_jkn": ("strat_nofpc", "jkn", ""),
    "nh_jkn": ("nh", "jkn", ""),
}


def _city(wave: int | None) -> Golden:
    frame = data("city")
    frame = frame if wave is None else frame[frame.wave == wave]
    keys = {"stratum": "stratum", "psu": "psu"}
    cells = cells_from_frame(
        frame, ["y1", "y2", "y3", "y4"], by=["wave", "district", "age", "sex"], design=keys, weight="w"
    )
    return Golden(cells, make_design(cells), base_weights(cells))


def _nhanes() -> Golden:
    keys = {"stratum": "SDMVSTRA", "psu": "SDMVPSU"}
    cells = cells_from_frame(
        data("nhanes"), ["HI_CHOL"], by=["race", "agecat", "RIAGENDR"], design=keys, weight="WTMEC2YR"
    )
    return Golden(cells, make_design(cells), base_weights(cells))


@cache
def golden(name: str) -> Golden:
    """Return a design by its name in golden.json."""
    if name in PLAIN:
        return PLAIN[name]()
    if name in REPLICATED:
        base, method, calibration = REPLICATED[name]
        return _replicated(golden(base), method, calibration)
    if name in ("city1", "cityd"):
        return _city(1 if name == "city1" else None)
    return _nhanes() if name == "nh" else _calibrated(name.removeprefix("clus1_"))
