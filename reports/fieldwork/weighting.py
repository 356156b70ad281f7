"""What weighting costs: efficiency, effective size, smallest and largest weight of every wave and mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from analysis.design.cells import IntArray
from analysis.estimation.sample import Sample
from analysis.numerals import count, decimal, percent
from reports.counted.kept_correlations import sample_digest
from reports.counted.kept_tables import Tables, kept_tables
from reports.fieldwork.kept.extremes import Extremes, extremes_of, kept_extremes
from reports.fieldwork.kept_lights import KEPT
from reports.labels import mode_label
from reports.sample import StudySample, gather, options, read_counted
from reports.selection import Selection
from reports.sentences.notes import fieldwork as notes
from reports.sentences.sentence import Sentence, say
from survey.storage.store import ResponseStore
from survey.study.study import Study

EXPLAINED = (
    "加权让样本的人口结构和全市一致，代价是有的答卷更重、有的更轻。加权效率是相当于同等权重的份数除以答卷数；"
    "低于 50% 时误差明显变大，先看是哪些人太少，再考虑补访或截断权重（study.toml [weighting] trim）。"
)
"""For analysts and leaders, beside the table."""

EDITION = 2
"""Increment when spreads are made in another way."""


@dataclass(frozen=True, slots=True)
class WeightSpread:
    """The weights of one wave and mode.

    Attributes:
        wave, mode: names.
        n: weighted responses.
        effective_n: Kish's effective size (sum w)^2 / sum w^2, in responses.
        efficiency: effective size over n, in (0, 1]: 1 / (1 + CV^2) of the weights (Kish 1992).
        smallest, largest: extreme weights over the mean weight.
    """

    wave: str
    mode: str
    n: int
    effective_n: float
    efficiency: float
    smallest: float
    largest: float


def weight_spreads(study: Study, selection: Selection) -> tuple[WeightSpread, ...]:
    """Return the spread of the final weights by wave and mode; none for self-selected answers, which have no weights.

    Those of large studies are kept beside the lights.

    Args:
        study: the study.
        selection: its waves (all when it names none), mode, version and exclusions apply.

    Raises:
        StoreError: no responses yet, or no such version.
        DesignError: no responses of this mode.
        CalibrationError: the margins cannot be met.
    """
    if selection.opt_in:
        return ()
    version = ResponseStore(study.root / "store").version if selection.version is None else selection.version
    reserved = selection.reserved or version is None
    made_as = (EDITION, options(study, selection), selection.waves)
    counted = replace(study, without_excluded=selection.without_excluded)
    digest = None if reserved else sample_digest(counted, int(version or 0), made_as)
    if digest is None:
        return _spreads(study, selection)
    path = study.root / "store" / "lights" / f"{digest}.weights"
    kept = kept_tables(path, lambda: Tables({"spreads": pd.DataFrame(as_records(_spreads(study, selection)))}), KEPT)
    return tuple(WeightSpread(*row) for row in kept.tables["spreads"].itertuples(index=False, name=None))


def _spreads(study: Study, selection: Selection) -> tuple[WeightSpread, ...]:
    gathered = gather(study, selection)
    if gathered.sample.opt_in:
        return ()
    waves = sorted(set(gathered.waves) & set(selection.waves or gathered.waves))
    return tuple(one for wave in waves for one in _of_wave(gathered, selection, wave))


def _of_wave(gathered: StudySample, selection: Selection, wave: str) -> Iterator[WeightSpread]:
    """Yield the spread of each mode of a wave."""
    sample, found = gathered.sample, wave_extremes(gathered, selection, wave)
    weighted = (found.weighted > 0) & (sample.weights.factor > 0) & (sample.grouped["wave"] == wave).to_numpy()
    for mode in sorted(sample.modes):
        mine = np.flatnonzero(weighted & (sample.grouped["mode"] == mode).to_numpy())
        if len(mine):
            yield _spread(wave, mode, sample, found, mine)


def wave_extremes(gathered: StudySample, selection: Selection, wave: str) -> Extremes:
    """Return the extreme base weights of each cell in a wave, for a selection that a sample was gathered for."""
    if not gathered.study.publication:
        return kept_extremes(gathered, wave)
    columns = {"response_id", "wave", "mode", "w_fx", *map(str, gathered.sample.grouped.columns)}
    return extremes_of(gathered.sample, [read_counted(gathered.study, selection, (wave,), columns).rows])


def _spread(wave: str, mode: str, sample: Sample, found: Extremes, cells: IntArray) -> WeightSpread:
    """Return the spread of the weights in some cells: base weights times the factor of the cell."""
    factor, n = sample.weights.factor[cells], int(found.weighted[cells].sum())
    total = float(sample.cells.weight[cells] @ factor)
    effective, mean = total**2 / float(sample.cells.ww[cells] @ factor**2), total / n
    least, most = (
        float(extreme / sample.cells.scale / mean)
        for extreme in ((found.least[cells] * factor).min(), (found.most[cells] * factor).max())
    )
    return WeightSpread(wave, mode, n, effective, effective / n, least, most)


def spread_table(spreads: Sequence[WeightSpread]) -> pd.DataFrame:
    """Return the spreads formatted for readers."""
    return pd.DataFrame(
        {
            "轮次": [one.wave for one in spreads],
            "方式": [mode_label(one.mode) for one in spreads],
            "答卷数": [count(one.n) for one in spreads],
            "相当于同等权重的份数": [count(one.effective_n) for one in spreads],
            "加权效率": [percent(one.efficiency) for one in spreads],
            "最轻的一份（平均为 1）": [decimal(one.smallest) for one in spreads],
            "最重的一份（平均为 1）": [decimal(one.largest) for one in spreads],
        }
    )


def spread_lines(spreads: Sequence[WeightSpread]) -> tuple[Sentence, ...]:
    """Return one line for each wave and mode, for commands and documents."""
    return tuple(notes.weight_spread(one, f"{one.wave} {mode_label(one.mode)}") for one in spreads) or (
        say("网络自填不加权，没有加权效率"),
    )


def as_records(spreads: Sequence[WeightSpread]) -> list[dict[str, object]]:
    """Return the spreads for machine-readable files."""
    return [asdict(one) for one in spreads]
