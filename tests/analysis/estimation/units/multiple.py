"""A multiple choice of a calibrated sample, as items and as overlapping groups."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.design.cells import Cells
from analysis.design.counts.numbered_responses import NumberedResponses
from analysis.design.counts.option_counts import inside_of, option_sets
from analysis.design.design import make_design
from analysis.design.domains import make_domains
from analysis.design.from_frame import sum_rows
from analysis.design.overlapping import Overlapping, make_overlapping
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import base_weights, post_stratify
from survey.instrument.question import BLANK
from survey.instrument.rate import Rate

OPTIONS = 17


@dataclass(frozen=True)
class Multiple:
    """A multiple choice: 1 chosen, 0 not, BLANK not asked.

    Attributes:
        rows: the responses, a cell each, with a key column `flag0` ... for each option.
        cells: the same in the cells of the weights, without these columns.
        first, second: those who chose each option, and those asked who did not, as domains of `cells`.
        items: names of the options as items.
    """

    rows: WeightedDesign
    cells: WeightedDesign
    first: Overlapping
    second: Overlapping
    items: list[str]


def multiple(rows: int, options: int = OPTIONS, by: tuple[str, ...] = (), *, weights: int = 100) -> Multiple:
    """Return a multiple choice; option 1 was chosen by nobody, option 2 by all asked.

    Args:
        rows: responses.
        options: its options.
        by: key columns that split the options.
        weights: different weights.
    """
    rng = np.random.default_rng(5)
    chosen = (rng.random((rows, options)) < rng.uniform(0.05, 0.6, options)).astype(np.int8)
    chosen[:, 1], chosen[:, 2] = 0, 1
    chosen[rng.random(rows) < 0.1] = BLANK
    psu, weight = rng.integers(0, 100, rows), rng.integers(50, 50 + weights, rows)
    keys = pd.DataFrame({"psu": psu, "stratum": psu // 10, "age": rng.integers(0, 4, rows)})
    answers = {f"item{at}": chosen[:, at] for at in range(options)}
    flags = {f"flag{at}": chosen[:, at] for at in range(options)}
    apart = _weighted(sum_rows(keys.assign(**flags), np.arange(rows), weight, answers, scale=100))
    code, held = pd.factorize(psu * 4 + keys["age"].to_numpy(), sort=True)
    first = np.unique(code, return_index=True)[1]
    basis = _weighted(sum_rows(keys.iloc[first].reset_index(drop=True), code, weight, answers, scale=100))
    assert len(held) == len(basis.cells)
    number, known = pd.factorize(code * np.int64(1 << 20) + weight, sort=True)
    rates = tuple(Rate(name, name, "", ((name, (1,)),), "valid") for name in answers)
    own = known & ((1 << 20) - 1)
    responses = NumberedResponses(pa.table(answers), rates, number, known >> 20, own, (own / 100) ** 2)
    split = make_domains(basis.cells, by)
    flags = [(chosen[:, at] == 1, chosen[:, at] != BLANK) for at in range(options)]
    sets = option_sets(inside_of(responses, split.code), flags)
    one, two = make_overlapping(responses, sets, split, list(answers), every=not by)
    return Multiple(apart, basis, one, two, list(answers))


def _weighted(cells: Cells) -> WeightedDesign:
    margin = pd.DataFrame({"age": range(4), "population": [300, 200, 400, 100]})
    return WeightedDesign(cells, make_design(cells), post_stratify(cells, base_weights(cells), margin))
