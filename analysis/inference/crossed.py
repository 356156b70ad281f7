"""Association of the answers to one question with groups, from cells that hold one item per answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.design.domains import Domains
from analysis.estimation.weighted_design import WeightedDesign
from analysis.inference.association import Association, associate
from analysis.inference.observations import Observations


def associate_items(
    basis: WeightedDesign, items: Sequence[str], domains: Domains, *, statistic: str = "F"
) -> Association:
    """Test whether the answers to a question are independent of groups.

    Args:
        basis: cells with one 0/1 item per answer, of which each response has exactly one.
        items: names of these items.
        domains: the groups, which are the columns of the table.
        statistic: a name in `analysis.inference.association.STATISTICS`.

    Raises:
        DesignError: fewer than two answers or groups were given.
    """
    cells = basis.cells
    at = np.array([cells.index(name) for name in items], dtype=np.int64)
    answer, cell = np.nonzero(cells.ny[at])
    obs = Observations(
        cells=cells,
        cell=cell.astype(np.int64),
        responses=np.asarray(cells.ny[at][answer, cell], dtype=np.int64),
        base=cells.scaled(cells.wy[at][answer, cell]),
        answer=np.full(len(cell), np.nan),
        design=basis.design,
        weights=basis.weights,
        domain=domains.code[cell] >= 0,
    )
    return associate(obs, answer, domains.code[cell], statistic=statistic)
