"""Recent results: a view of a page asks for the same means several times, for verdicts, changes and forecasts.

The newest few lie with the cells, so that whoever asks for the same items in the same domains gets them again, whatever
condition describes these. Large results are not kept, because their influence is the largest array of a page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np

from analysis.design.cells import Cells
from analysis.design.domains import Domains

Result = TypeVar("Result")
KEPT = 6
"""Number of results that are kept."""
LARGEST = 1 << 18
"""Cells inside the domains times items of the largest result that is kept."""


class _Kept(NamedTuple):
    made_with: tuple[object, ...]
    items: tuple[str, ...]
    domains: Domains
    result: Any

    def answers(self, made_with: tuple[object, ...], domains: Domains, items: tuple[str, ...]) -> bool:
        """Return whether the result is that of this request; labels of domains apart."""
        same = len(self.made_with) == len(made_with)
        same = same and all(one is other for one, other in zip(self.made_with, made_with, strict=True))
        if not same or self.items != items or len(self.domains) != len(domains):
            return False
        return self.domains is domains or np.array_equal(self.domains.code, domains.code)


def recent(
    cells: Cells,
    made_with: tuple[object, ...],
    domains: Domains,
    items: tuple[str, ...],
    make: Callable[[], Result],
) -> Result:
    """Return what `make` returns, or what it returned lately for the same items and codes of domains.

    Args:
        cells: the sums, which keep the results.
        made_with: what else the result depends on, compared by identity: the weights and the design.
        domains: the domains; those of the result may have other labels.
        items: the names of the items.
        make: makes the result, which nobody changes.
    """
    kept: tuple[_Kept, ...] = cells.cache.get("recent", ())
    for one in kept:
        if one.answers(made_with, domains, items):
            found: Result = one.result
            return found
    made = make()
    if len(domains.of) * len(items) <= LARGEST:
        cells.cache["recent"] = (_Kept(made_with, items, domains, made), *kept[: KEPT - 1])
    return made
