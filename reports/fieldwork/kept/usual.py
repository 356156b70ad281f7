"""Kept usual: what the answers of a wave and mode are measured against, taken from its earliest parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.integrity.sums.usual import Usual, even_part, usual_of
from reports.counted.kept_arrays import Arrays, keep_arrays, read_arrays
from reports.fieldwork.kept.round_parts import RoundParts, chain
from survey.quality.effort.graded import GradedScale
from survey.quality.sheet import UsualPace, open_sheet

KEPT = 24
"""Number of files: of a few waves and modes, before and after they have grown."""


def usual_digest(parts: RoundParts) -> str:
    """Return what names the yardstick of a wave and mode."""
    return chain(parts.definition, parts.identities[: parts.reference()])[-1]


def kept_usual(parts: RoundParts, *, keep: bool) -> Usual:
    """Return what is usual, kept or made; it is kept where `keep` says so."""
    path = parts.study.root / "store" / "lights" / f"{usual_digest(parts)}.usual"
    known = read_arrays(path) if keep else None
    if known is not None:
        return _unpacked(known)
    rows = pa.concat_tables([parts.read(part) for part in parts.parts[: parts.reference()]]).unify_dictionaries()
    found = usual_of(open_sheet(even_part(rows), parts.study.questionnaire), parts.study.areas)
    if keep:
        keep_arrays(path, _packed(found), "*.usual", KEPT)
    return found


def _packed(found: Usual) -> Arrays:
    arrays: dict[str, npt.NDArray[Any]] = {
        **{name: getattr(found.pace, name) for name in ("routes", "seconds", "each")},
        **{name: getattr(found, name) for name in ("mean", "deviation")},
        **dict(_of_models(found)),
    }
    return Arrays(arrays, {"items": [len(model.chance) for model in found.models]})


def _of_models(found: Usual) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    for scale, (model, levels) in enumerate(zip(found.models, found.levels, strict=True)):
        yield f"loading{scale}", model.loading
        yield f"levels{scale}", levels
        for at, chance in enumerate(model.chance):
            yield f"chance{scale}.{at}", chance


def _unpacked(kept: Arrays) -> Usual:
    own = kept.arrays
    sizes = list(enumerate(kept.meta["items"]))
    models = tuple(
        GradedScale(own[f"loading{scale}"], tuple(np.asarray(own[f"chance{scale}.{at}"]) for at in range(size)))
        for scale, size in sizes
    )
    levels = tuple(own[f"levels{scale}"] for scale, _ in sizes)
    pace = UsualPace(own["routes"], own["seconds"], own["each"])
    return Usual(pace, models, levels, own["mean"], own["deviation"])
