"""Kept norms: what single answers of a wave and mode are measured against, taken from its earliest parts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reports.counted.kept_arrays import Arrays, keep_arrays, read_arrays
from reports.fieldwork.kept.round_parts import RoundParts
from reports.fieldwork.kept.usual import packed_models, reference_sheet, unpacked_models, usual_digest
from survey.quality.effort.distance import Common
from survey.quality.effort.norms import Norms, norms_of
from survey.quality.effort.null import Spread
from survey.quality.effort.person_fit import Levels
from survey.quality.effort.sequence import Shuffled, Starts
from survey.quality.sheet import ResponseSheet, UsualPace

KEPT, SUFFIX = 24, ".norms"
SPREADS = ("misfit", "distance", "variability")


def kept_norms(parts: RoundParts, *, keep: bool) -> Norms:
    """Return the norms, kept or made; they are kept where `keep` says so."""
    known = read_arrays(_path(parts)) if keep else None
    if known is not None:
        return _unpacked(known)
    found = norms_of(reference_sheet(parts))
    if keep:
        keep_arrays(_path(parts), _packed(found), f"*{SUFFIX}", KEPT)
    return found


def keep_norms(parts: RoundParts, sheet: ResponseSheet, fitted: Levels) -> None:
    """Keep the norms, given the answers that they are taken from, whose reading takes longest."""
    if not _path(parts).exists():
        keep_arrays(_path(parts), _packed(norms_of(sheet, fitted)), f"*{SUFFIX}", KEPT)


def _path(parts: RoundParts) -> Path:
    return parts.study.root / "store" / "lights" / f"{usual_digest(parts)}{SUFFIX}"


def _packed(found: Norms) -> Arrays:
    arrays: dict[str, npt.NDArray[Any]] = {
        **{name: getattr(found.pace, name) for name in ("routes", "seconds", "each")},
        **packed_models(found.models),
    }
    if found.common is not None:
        arrays |= {name: getattr(found.common, name) for name in ("mean", "deviation", "loading")}
    if found.shuffled is not None:
        arrays |= {f"shuffled{at}": tail for at, tail in enumerate(found.shuffled.tails)}
        arrays |= {"null": found.shuffled.null}
    if found.starts is not None:
        arrays |= {f"start{at}": tail for at, tail in enumerate(found.starts.tails)}
        arrays |= {"alike": found.starts.nulls[0], "varied": found.starts.nulls[1]}
    spreads = {name: _numbers(getattr(found, name)) for name in SPREADS}
    uniform = None if found.starts is None else found.starts.uniform
    return Arrays(arrays, {"items": [len(model.chance) for model in found.models], "uniform": uniform, **spreads})


def _numbers(spread: Spread | None) -> list[float] | None:
    return None if spread is None else [spread.middle, spread.below, spread.above]


def _unpacked(kept: Arrays) -> Norms:
    own, meta = kept.arrays, kept.meta
    spreads = {name: None if meta[name] is None else Spread(*meta[name]) for name in SPREADS}
    starts = None
    if "alike" in own:
        starts = Starts(_numbered(own, "start"), float(meta["uniform"]), (own["alike"], own["varied"]))
    return Norms(
        pace=UsualPace(own["routes"], own["seconds"], own["each"]),
        models=unpacked_models(own, meta["items"]),
        common=Common(own["mean"], own["deviation"], own["loading"]) if "mean" in own else None,
        shuffled=Shuffled(_numbered(own, "shuffled"), own["null"]) if "null" in own else None,
        starts=starts,
        **spreads,
    )


def _numbered(own: Mapping[str, npt.NDArray[Any]], name: str) -> tuple[npt.NDArray[np.float64], ...]:
    count = sum(key.removeprefix(name).isdigit() for key in own if key.startswith(name))
    return tuple(own[f"{name}{at}"] for at in range(count))
