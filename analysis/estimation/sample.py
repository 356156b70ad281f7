"""Sample: turn coded responses into weighted cells with their design, for commands and pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import Cells
from analysis.design.conditions import Where
from analysis.design.cube import build_cells, engine_for
from analysis.design.design import Design, Lonely, make_design
from analysis.design.labels import label_cells, labelled_margins, shared_names
from analysis.design.strata import strata_of
from analysis.estimation.estimates import Estimates
from analysis.estimation.interval_names import DEFAULT_INTERVAL
from analysis.estimation.intervals import LEVEL
from analysis.estimation.linear import Linear
from analysis.estimation.rates import Reporting, rates, reported
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.rake_waves import Slice, weigh_slices
from analysis.weights.weights import Weights, base_weights, design_weights
from survey.errors import DesignError
from survey.instrument.questionnaire import ROLES, Questionnaire
from survey.instrument.rate import Rate
from survey.study.areas import Areas
from survey.study.settings import SUPPRESSION
from survey.study.study import MODES, PROBABILITY_MODES, Study
from survey.study.weighting import Method, Weighting

OPT_IN = "online"


@dataclass(frozen=True, slots=True)
class SampleOptions:
    """What the sample holds.

    Attributes:
        modes: collection modes; every probability mode when None. "online" is only allowed alone.
        rates: names of rates to sum; all rates of the questionnaire when None.
        roles: columns kept for domains, roles or others of the responses; roles of the margins are always kept. Each
            multiplies the number of cells.
        lonely: rule for strata of one sampling point.
        suppression: smallest number of answers shown.
        weights: how weights meet the population margins: "rake" and "calibrate" (linear) to all of them,
            "poststratify" to the first alone.
        trim: cut weights above median + trim x interquartile range of their wave and mode, then fit the margins
            again; None cuts nothing.
        known_frame: whether the populations of the frame are real; without them answers get no design weights.
    """

    modes: tuple[str, ...] | None = None
    rates: tuple[str, ...] | None = None
    roles: tuple[str, ...] = ("age", "sex", "education")
    lonely: Lonely = "adjust"
    suppression: int = SUPPRESSION
    weights: Method = "rake"
    trim: float | None = None
    known_frame: bool = True

    @classmethod
    def of(cls, study: Study, **wanted: Any) -> SampleOptions:
        """Return the options that a study's settings ask for, combined with these."""
        method, trim = study.weighting.method, study.weighting.trim
        known = not study.example_frame
        return cls(suppression=study.suppression, weights=method, trim=trim, known_frame=known, **wanted)


@dataclass(frozen=True, slots=True)
class Sample:
    """Weighted cells with their design.

    Attributes:
        cells: sums by wave, mode, sampling point and role columns; areas attached.
        design: strata and sampling points.
        weights: final weights with diagnostics.
        label: weighting and mode in Chinese, for captions.
        modes: the modes it holds.
        opt_in: self-selected answers: no sampling margin (参与者意见).
        suppression: smallest number of answers shown.
        grouped: columns by which the responses were summed, one row per cell, with the codes as stored.
        notes: what was left out or merged, in Chinese.
    """

    cells: Cells
    design: Design
    weights: Weights
    label: str
    modes: tuple[str, ...]
    opt_in: bool
    suppression: int
    grouped: pd.DataFrame
    notes: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def basis(self) -> WeightedDesign:
        """The weighted design, for `linear` and `contrasts`."""
        return WeightedDesign(self.cells, self.design, self.weights)

    def rates(
        self,
        *,
        item: str | Sequence[str] | None = None,
        measure: str | Sequence[str] | None = None,
        by: Sequence[str] = (),
        where: Where | None = None,
        interval: str = DEFAULT_INTERVAL,
        level: float = LEVEL,
    ) -> Estimates:
        """Estimate `analysis.estimation.rates.rates` on this sample, with its suppression and mode in the captions."""
        return rates(
            self.cells,
            item=item,
            measure=measure,
            by=by,
            where=where,
            design=self.design,
            weights=self.weights,
            interval=interval,
            level=level,
            reporting=self._reporting,
        )

    def reported(self, linear: Linear, where: Where | None = None) -> Estimates:
        """Report means that are already made, also those of overlapping domains, as `rates` does.

        Args:
            linear: means of 0/1 items; the labels of their domains are the by-columns.
            where: the condition of the domains, for captions.
        """
        return reported(self.basis, linear, where, report=self._reporting)

    @property
    def _reporting(self) -> Reporting:
        meta = {"mode": "、".join(MODES[mode] for mode in self.modes), "modes": self.modes, **self.meta}
        return Reporting(suppression=self.suppression, opt_in=self.opt_in, meta=meta)


def prepare(
    responses: Any, questionnaire: Questionnaire, areas: Areas, margins: pd.DataFrame, plan: SampleOptions | None = None
) -> Sample:
    """Sum the responses, attach areas and weight: everything between the store and the first estimate.

    Args:
        responses: the coded responses of every wave: Arrow table, DuckDB relation or an `Engine`.
        questionnaire: gives the rates and the labels of the role columns.
        areas: the sampling frame.
        margins: population margins as `survey.study.margins.read_margins` gives them; may be empty.
        plan: modes, rates and columns wanted.

    Returns:
        Weights w = N_h / (m_h n_i) in every wave and mode (base weights that differ are taken as design weights
        already), then raked to the margins. Strata are separate by mode, and by wave where waves share no
        sampling point.

    Raises:
        DesignError: no responses in the requested modes, or opt-in answers requested together with others.
        CalibrationError: no weights meet the margins.
    """
    plan = plan or SampleOptions()
    engine = engine_for(responses)
    cells = build_cells(engine, _rates(questionnaire, plan), grouping_columns(engine.columns(), margins, plan))
    return weigh_cells(cells, questionnaire, areas, margins, plan)


def weigh_cells(
    cells: Cells, questionnaire: Questionnaire, areas: Areas, margins: pd.DataFrame, plan: SampleOptions
) -> Sample:
    """Return the sample made from cells by the columns of `grouping_columns`; see `prepare`."""
    cells, modes = _choose(cells, plan.modes)
    frame = shared_names(areas)
    opt_in = modes == (OPT_IN,)
    cells, notes = (cells, ()) if opt_in else _located(cells)
    grouped = cells.keys
    cells = label_cells(cells.attach(frame), questionnaire)
    if opt_in:
        return _opt_in(cells, grouped, plan)
    slices = _slices(cells)
    weights = _first_weights(cells, frame if plan.known_frame else None, slices)
    labelled = labelled_margins(margins, questionnaire)
    weights = weigh_slices(cells, weights, labelled, slices, Weighting(plan.weights, plan.trim))
    cells = cells.with_keys(stratum=strata_of(cells))
    design = make_design(cells, lonely=plan.lonely)
    label = f"{'、'.join(MODES[mode] for mode in modes)}，{weights.label}"
    return Sample(cells, design, weights, label, modes, False, plan.suppression, grouped, (*notes, *_lines(weights)))


def resummed(sample: Sample, cells: Cells) -> Sample | None:
    """Return what `weigh_cells` makes of other sums of the same responses; None where the cells are others.

    Args:
        sample: weighted cells, whose weights and design stand.
        cells: sums of other items by the same columns, in all modes.
    """
    some, known = _choose(cells, sample.modes)[0], sample.cells
    some = some if sample.opt_in else _located(some)[0]
    same = (np.array_equal(getattr(some, name), getattr(known, name)) for name in ("n", "w", "ww"))
    if not (some.keys.equals(sample.grouped) and all(same)):
        return None
    sums = {name: getattr(some, name) for name in ("items", "n_i", "wo", "wy", "ny", "wyy")}
    held: dict[Any, Any] = {at: one for at, one in known.cache.items() if type(at) is tuple and at[0] == "codes"}
    return replace(sample, cells=replace(known, **sums, cache=held))


def _rates(questionnaire: Questionnaire, plan: SampleOptions) -> list[Rate]:
    if plan.rates is None:
        return list(questionnaire.rates)
    return [questionnaire.rate(name) for name in plan.rates]


def grouping_columns(columns: Sequence[str], margins: pd.DataFrame, plan: SampleOptions) -> list[str]:
    """Return the columns of the responses by which a sample groups them, beside the sampling point."""
    wanted = {*plan.roles, *(str(name) for name in margins.columns if margins[name].notna().any())}
    known = [name for name in ("wave", "mode", *ROLES) if name in columns and (name in wanted or name not in ROLES)]
    return [*known, *(name for name in plan.roles if name in columns and name not in (*ROLES, "wave", "mode"))]


def _choose(cells: Cells, wanted: tuple[str, ...] | None) -> tuple[Cells, tuple[str, ...]]:
    """Select the cells of the requested modes; opt-in answers only ever alone (rule R-10)."""
    codes, labels = cells.codes("mode")
    there = [mode for mode in MODES if mode in labels]
    modes = wanted or tuple(mode for mode in there if mode in PROBABILITY_MODES) or tuple(there[:1])
    if OPT_IN in modes and len(modes) > 1:
        raise DesignError(
            "网络自填是参与者意见，不能与其他方式合并推断",
            got="、".join(MODES[mode] for mode in modes),
            cure="分开查看",
        )
    keep = np.append(labels.isin(modes), False)[codes]
    if not keep.any():
        got = "、".join(MODES.get(mode, mode) for mode in modes)
        raise DesignError("没有这种方式的答卷", got=got or "无", expected="、".join(MODES[mode] for mode in there))
    kept = cells if keep.all() else cells.select(keep)
    return kept, tuple(mode for mode in modes if mode in labels[np.unique(codes[keep])])


def _located(cells: Cells) -> tuple[Cells, tuple[str, ...]]:
    """Select the cells with a sampling point, and note how many responses have none."""
    there = cells.keys["psu"].notna().to_numpy()
    if there.all():
        return cells, ()
    lost = int(cells.n[~there].sum())
    if not there.any():
        raise DesignError(
            "答卷都没有抽样点编码，无法按抽样设计推断",
            got=f"{lost} 份",
            cure="补全 psu 列（社区编码）后重新导入；"
            "公开链接收来的网上答卷没有抽样点，导入时写明 --mode online，只作参与者意见",
        )
    kept = cells.select(there)
    kept = kept.with_keys(psu=kept.keys["psu"].to_numpy(dtype=np.int64))
    return kept, (f"{lost} 份答卷缺抽样点编码，未计入",)


def _slices(cells: Cells) -> list[Slice]:
    """Return every wave and mode; modes of a wave share its population in proportion to their answers."""
    (wave, waves), (mode, modes) = cells.codes("wave"), cells.codes("mode")
    pairs = [divmod(int(pair), len(modes)) for pair in np.unique(wave * len(modes) + mode)]
    slices = []
    for at, how in sorted(pairs, key=lambda pair: (waves[pair[0]], modes[pair[1]])):
        inside = (wave == at) & (mode == how)
        share = float(cells.n[inside].sum() / cells.n[wave == at].sum())
        slices.append(Slice(f"{waves[at]}{MODES[modes[how]]}", inside, share))
    return slices


def _first_weights(cells: Cells, frame: pd.DataFrame | None, slices: Sequence[Slice]) -> Weights:
    """Make weights from the frame; differing weights that came with the answers already are design weights."""
    if not np.array_equal(cells.w, cells.n * cells.scale):
        return replace(base_weights(cells), label="按随数据给出的设计权数")
    if frame is None:
        return replace(base_weights(cells), label="未加权（抽样框还是示例）")
    weights = design_weights(cells, frame)
    share = np.zeros(len(cells))
    for one in slices:
        share[one.inside] = one.share
    return replace(weights, factor=weights.factor * share)


def _lines(weights: Weights) -> tuple[str, ...]:
    notes = weights.diagnostics
    lines = [f"人数过少，合并了加权类别：{one}" for one in notes.get("collapsed", ())]
    lines += [f"没有答卷，未计入总体：{one}" for one in notes.get("left_out", ())]
    lines += [f"{place} 有 {n} 份答卷缺少分类，按样本比重计" for place, n in notes.get("missing", {}).items()]
    lines += [*notes.get("rescaled", ())]
    lines += [f"{place} 有 {n} 份答卷的权数过大，已截断" for place, n in notes.get("trimmed", {}).items()]
    lines += [f"边际无法同时满足，未使用：{title}" for title in notes.get("not_met", ())]
    return tuple(lines)


def _opt_in(cells: Cells, grouped: pd.DataFrame, plan: SampleOptions) -> Sample:
    """Return a sample of self-selected answers: counted, not weighted, without a sampling margin."""
    alone = cells.with_keys(psu=np.arange(len(cells), dtype=np.int64), stratum=np.zeros(len(cells), dtype=np.int64))
    weights = Weights(np.ones(len(cells)), label="参与者意见，未加权")
    design = make_design(alone, lonely="adjust")
    return Sample(alone, design, weights, "网络自填，参与者意见，未加权", (OPT_IN,), True, plan.suppression, grouped)
