"""A multiple choice of a calibrated sample, as items and as overlapping groups."""

import numpy as np
import pandas as pd

from analysis.design.design import make_design
from analysis.design.domains import Overlapping, make_overlapping
from analysis.design.from_frame import sum_rows
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import base_weights, post_stratify

OPTIONS = 17


def multiple(rows: int, options: int = OPTIONS) -> tuple[WeightedDesign, Overlapping, Overlapping, list[str]]:
    """Return a multiple choice by itself; option 1 was chosen by nobody, option 2 by all asked."""
    rng = np.random.default_rng(5)
    chosen = (rng.random((rows, options)) < rng.uniform(0.05, 0.6, options)).astype(np.int8)
    chosen[:, 1], chosen[:, 2] = 0, 1
    chosen[rng.random(rows) < 0.1] = -1
    psu = rng.integers(0, 100, rows)
    flags = {f"flag{at}": chosen[:, at] for at in range(options)}
    keys = pd.DataFrame({"psu": psu, "stratum": psu // 10, "age": rng.integers(0, 4, rows), **flags})
    answers = {f"item{at}": chosen[:, at] for at in range(options)}
    cells = sum_rows(keys, np.arange(rows), rng.integers(50, 150, rows), answers, scale=100)
    margin = pd.DataFrame({"age": range(4), "population": [300, 200, 400, 100]})
    basis = WeightedDesign(cells, make_design(cells), post_stratify(cells, base_weights(cells), margin))
    first, second = make_overlapping(cells, [({}, name) for name in flags])
    return basis, first, second, list(answers)
