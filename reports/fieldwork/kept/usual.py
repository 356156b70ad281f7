"""Kept usual: what the answers of a wave and mode are measured against, taken from its earliest parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy.typing as npt
import pyarrow as pa

from analysis.integrity.sums.usual import Usual, even_part, usual_of
from reports.counted.kept_arrays import Arrays, keep_arrays, read_arrays
from reports.fieldwork.kept.round_parts import TOGETHER, RoundParts, chain
from survey.quality.effort.graded import GradedScale
from survey.quality.effort.ordered import ordered
from survey.quality.effort.person_fit import Levels, levels
from survey.quality.sheet import ResponseSheet, UsualPace, open_sheet

KEPT = 24
"""Number of files: of a few waves and modes, before and after they have grown."""


def usual_digest(parts: RoundParts) -> str:
    """Return what names the yardstick of a wave and mode."""
    return chain(parts.definition, parts.identities[: parts.reference])[-1]


Also = Callable[[ResponseSheet, Levels], object]
"""Receives the answers that decide what is usual, and their graded items."""


def kept_usual(parts: RoundParts, *, keep: bool, also: Also = lambda *_: None) -> Usual:
    """Return what is usual, kept or made; it is kept where `keep` says so.

    Args:
        parts: the answers.
        keep: whether files are read and written.
        also: receives the answers that it is taken from where it is made and kept.
    """
    path = parts.study.root / "store" / "lights" / f"{usual_digest(parts)}.usual"
    known = read_arrays(path) if keep else None
    if known is not None:
        return _unpacked(known)
    sheet = reference_sheet(parts)
    fitted = levels(ordered(sheet))
    found = usual_of(sheet, parts.study.areas, fitted)
    if keep:
        keep_arrays(path, _packed(found), "*.usual", KEPT)
        also(sheet, fitted)
    return found


def reference_sheet(parts: RoundParts) -> ResponseSheet:
    """Return an even part of the answers that decide what is usual, of which some pieces are in memory at a time."""
    pieces = [piece for part in parts.parts[: parts.reference] for piece in part.pieces(TOGETHER)]
    names = ["mode", *(["response_id"] if parts.held else [])]
    sizes = [parts.mine(piece.read(names)).num_rows for piece in pieces]
    rows, size = list[pa.Table](), sum(sizes)
    for piece, start in zip(pieces, accumulate(sizes, initial=0), strict=False):
        rows.append(even_part(parts.read(piece), start, size))
    return open_sheet(pa.concat_tables(rows).unify_dictionaries(), parts.study.questionnaire)


def _packed(found: Usual) -> Arrays:
    arrays: dict[str, npt.NDArray[Any]] = {
        **{name: getattr(found.pace, name) for name in ("routes", "seconds", "each")},
        **{name: getattr(found, name) for name in ("mean", "deviation")},
        **{f"levels{scale}": levels for scale, levels in enumerate(found.levels)},
        **packed_models(found.models),
    }
    return Arrays(arrays, {"items": [len(model.chance) for model in found.models]})


def packed_models(models: Sequence[GradedScale]) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of models."""
    found: dict[str, npt.NDArray[Any]] = {}
    for scale, model in enumerate(models):
        found[f"loading{scale}"] = model.loading
        found |= {f"chance{scale}.{at}": chance for at, chance in enumerate(model.chance)}
    return found


def unpacked_models(own: Mapping[str, npt.NDArray[Any]], items: Sequence[int]) -> tuple[GradedScale, ...]:
    """Return the models of some arrays, whose scales have so many items."""
    return tuple(
        GradedScale(own[f"loading{scale}"], tuple(own[f"chance{scale}.{at}"] for at in range(size)))
        for scale, size in enumerate(items)
    )


def _unpacked(kept: Arrays) -> Usual:
    own, items = kept.arrays, kept.meta["items"]
    levels = tuple(own[f"levels{scale}"] for scale in range(len(items)))
    pace = UsualPace(own["routes"], own["seconds"], own["each"])
    return Usual(pace, unpacked_models(own, items), levels, own["mean"], own["deviation"])
