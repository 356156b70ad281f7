"""Compare the weights and durations of files with those that the wave already holds, mode by mode.

Rows of one mode are summed with one set of weights: a file without a weight column among weighted rows, or with
weights of another scale, changes every estimate without any visible error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.coding import CodedFile
from survey.importing.confirming.confirmations import Confirmation, Doubt
from survey.storage.store import W_SCALE, ResponseStore
from survey.study.modes import MODES

COMPARED = ("mode", "psu", "w_fx", "seconds")
SHARED_PSUS = 3  # fewer communities in common say nothing about the scale
SCALE_WITHIN, SCALE_OVERALL = 2.0, 5.0
"""Least ratio that is reported: of the mean weights of the same communities, or of the medians of all rows."""
UNIT = 20.0  # least ratio of median durations that is reported: minutes differ by 60, milliseconds by 1,000
UNPLACED = -1
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ModeRows:
    """The rows of one mode from one source.

    Attributes:
        source: name of a file, or 已有答卷.
        weights: base weights.
        psus: community codes, -1 where unknown.
        seconds: known durations.
    """

    source: str
    weights: Numbers
    psus: npt.NDArray[np.int64]
    seconds: Numbers

    @property
    def weighted(self) -> bool:
        """Whether any weight differs from 1."""
        return bool((self.weights != 1.0).any())

    @property
    def described(self) -> str:
        """Number of rows and their weights, in Chinese."""
        median = float(np.median(self.weights))
        kind = f"带权重（中位数 {median:,.6g}）" if self.weighted else "都不带权重（按 1 计）"
        return f"{self.source} {len(self.weights):,} 份{kind}"


STORED = "这一期已有的"


def inconsistencies(
    coded: Sequence[CodedFile], store: ResponseStore, wave: str, base: int | None
) -> Iterator[Confirmation]:
    """Yield what differs between each file and the earlier rows of its modes: those stored, and of earlier files.

    Args:
        coded: the files.
        store: the store.
        wave: name of the wave.
        base: data version to compare with; None for an empty store.
    """
    if base is None and len(coded) == 1:
        return
    earlier: dict[str, list[ModeRows]] = {}
    if base is not None:
        stored = store.read(list(COMPARED), waves=[wave], version=base)
        for mode, rows in _by_mode(stored, STORED):
            earlier.setdefault(mode, []).append(rows)
    for file in coded:
        for mode, rows in _by_mode(file.responses.select(list(COMPARED)), file.read.provenance.file):
            for other in earlier.get(mode, ()):
                yield from _compare(rows, other, MODES.get(mode, mode))
            earlier.setdefault(mode, []).append(rows)


def mixed_weights(
    coded: Sequence[CodedFile], store: ResponseStore, wave: str, base: int | None
) -> tuple[Confirmation, ...]:
    """Return where rows that never were a file would stand beside rows with weights, unless a person has confirmed it.

    Their durations are in seconds by construction, and there may be very few of them: units are not compared.

    Args:
        coded: the rows.
        store: the store.
        wave: name of the wave.
        base: data version to compare with; None for an empty store.
    """
    earlier = (one.meta for one in store.lineage(base) if one.meta.get("wave") == wave) if base is not None else ()
    if any(Doubt.WEIGHTED in meta.get("confirmed", ()) for meta in earlier):
        return ()
    return tuple(one for one in inconsistencies(coded, store, wave, base) if one.kind is Doubt.WEIGHTED)


def _by_mode(table: pa.Table, source: str) -> Iterator[tuple[str, ModeRows]]:
    for mode in pc.unique(table["mode"]).to_pylist():
        rows = table.filter(pc.equal(table["mode"], mode))
        weights = np.asarray(rows["w_fx"].to_numpy(), dtype=np.float64) / W_SCALE
        psus = np.asarray(pc.fill_null(rows["psu"], UNPLACED).to_numpy(), dtype=np.int64)
        seconds = np.asarray(pc.drop_null(rows["seconds"]).to_numpy(), dtype=np.float64)
        yield mode, ModeRows(source, weights, psus, seconds)


def _compare(rows: ModeRows, other: ModeRows, mode: str) -> Iterator[Confirmation]:
    found = f"{mode}：{other.described}，{rows.described}"
    if rows.weighted != other.weighted:
        cure = "给文件补上“权重”一列再导入" if other.weighted else "已有的答卷要先带权重重新导入，或者去掉文件的权重列"
        yield Confirmation(Doubt.WEIGHTED, rows.source, len(rows.weights), found, cure)
    elif rows.weighted and (ratio := _scale(rows, other)):
        compared = f"{found}，同一批社区相差约 {ratio:,.3g} 倍" if _shared(rows, other) else found
        cure = "核对两份文件的权重是不是同一种（都是基础权重，都按总人口放大）"
        yield Confirmation(Doubt.WEIGHT_SCALE, rows.source, len(rows.weights), compared, cure)
    if len(rows.seconds) and len(other.seconds):
        here, there = float(np.median(rows.seconds)), float(np.median(other.seconds))
        if _ratio(here, there) >= UNIT:
            medians = f"{mode}：{other.source}中位数 {there:,.0f} 秒，{rows.source} {here:,.0f} 秒"
            yield Confirmation(Doubt.SECONDS, rows.source, len(rows.seconds), medians, "把用时一列换算成秒再导入")


def _scale(rows: ModeRows, other: ModeRows) -> float:
    """Return by which factor the weights differ; 0.0 where they are of the same scale."""
    if shared := _shared(rows, other):
        ratios = [_ratio(*(float(one.weights[one.psus == psu].mean()) for one in (rows, other))) for psu in shared]
        ratio, least = float(np.median(ratios)), SCALE_WITHIN
    else:
        ratio, least = _ratio(float(np.median(rows.weights)), float(np.median(other.weights))), SCALE_OVERALL
    return ratio if ratio >= least else 0.0


def _shared(rows: ModeRows, other: ModeRows) -> tuple[int, ...]:
    """Return the communities in common (at most 200), () where they are too few."""
    both = np.intersect1d(rows.psus, other.psus)
    found = tuple(int(psu) for psu in both[both != UNPLACED][:200])
    return found if len(found) >= SHARED_PSUS else ()


def _ratio(one: float, other: float) -> float:
    low, high = sorted((max(one, 1e-9), max(other, 1e-9)))
    return high / low
