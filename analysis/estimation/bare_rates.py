"""Bare rates: shares and numbers of answers without their precision, where no interval is shown.

They are those of `rates`, bit for bit, for a third of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.conditions import Where, recorded
from analysis.design.domains import make_domains, named
from analysis.design.lazy_sums import at_cells
from analysis.design.overlapping import labelled
from analysis.estimation.estimates import FIRST, LAST, Estimates
from analysis.estimation.sample import Sample


def bare_rates(sample: Sample, items: Sequence[str], by: Sequence[str] = (), where: Where | None = None) -> Estimates:
    """Estimate the rates of 0/1 items in every domain.

    Args:
        sample: weighted cells.
        items: names of items.
        by: key columns; one row per combination that holds responses.
        where: a condition (`analysis.design.conditions`).

    Returns:
        The rows of `Sample.rates` with `n`, `estimate` (share in [0, 1], NaN where nobody answered) and `flag`:
        "empty", "suppressed" below the limit of the sample, or "". All other columns are missing.

    Raises:
        DesignError, ArgumentError: an unknown name or condition.
    """
    basis = sample.basis
    cells, domains = basis.cells, make_domains(basis.cells, by, where)
    shares, counts = [], []
    for at in named(cells, items).tolist():
        over, under = (domains.over(basis.final_of(sums, at, domains.inside)) for sums in (cells.wy, cells.wo))
        with np.errstate(divide="ignore", invalid="ignore"):
            shares.append(np.clip(over / under, 0.0, 1.0))
        counts.append(domains.over(at_cells(cells.n_i, at, domains.inside).astype(np.float64)).astype(np.int64))
    n, share = np.concatenate(counts), np.concatenate(shares)
    labels = labelled(domains, list(items))
    measures = {one.name: getattr(one, "measure", "") for one in cells.items}
    flag = np.select([n == 0, n < sample.suppression], ["empty", "suppressed"], default="").astype(object)
    known = {"n": n, "estimate": np.where(n > 0, share, np.nan), "flag": pd.Series(flag, dtype=object)}
    measure = pd.Series(labels["item"].map(measures), dtype=object)
    columns: dict[str, Any] = {"item": labels["item"], "measure": measure}
    columns |= {str(name): labels[name] for name in labels if name not in FIRST}
    columns |= {name: known.get(name, np.nan) for name in LAST}
    return Estimates(
        pd.DataFrame(columns), {"by": tuple(by), "where": recorded(where), "suppression": sample.suppression}
    )
