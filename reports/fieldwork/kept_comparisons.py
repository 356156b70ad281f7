"""Comparisons of the interviewers of a district, kept beside the lights: answers elsewhere do not void them.

A file is named by a digest of all that is compared, so it is never stale; deleting it changes no number.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.integrity.shuffling import Found
from reports.counted.kept_arrays import Arrays, keep_arrays, read_arrays
from survey.study.study import Study

KEPT = 1_200
"""Number of files: districts of a few waves and modes, as they were before and after a few commits."""


def kept_comparison(study: Study, digest: str, make: Callable[[], Found]) -> Found:
    """Return the comparison kept under a digest, or what `make` returns, which is kept then."""
    path = study.root / "store" / "lights" / f"{digest[:32]}.compared"
    kept = read_arrays(path)
    if kept is not None:
        return dict(zip(kept.meta["names"], kept.arrays["found"], strict=True))
    found = make()
    keep_arrays(path, Arrays({"found": np.stack(list(found.values()))}, {"names": list(found)}), "*.compared", KEPT)
    return found
