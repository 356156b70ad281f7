"""Responses behind open answers and their weighted sample, made once for all summaries of a selection."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.cells import Cells, IntArray
from analysis.estimation.respondents import base_weights_of, by_cell, cell_of
from analysis.estimation.sample import Sample, resummed
from analysis.text.shares import Flags, asked_of
from reports.counted.asked import asked_cells
from reports.counted.kept_correlations import sample_digest
from reports.sample import StudySample, columns_for, gather, options, read_counted, versioned
from reports.selection import Selection
from reports.voices.asked import TextSelection
from reports.voices.kept.summaries import Summaries
from reports.voices.open_answers import OpenAnswers
from survey.errors import ArgumentError, DesignError
from survey.quality.exclusions import ID
from survey.storage.stored_parts import count_modes, imports_of, text_parts
from survey.study.study import Study

IMPORT = "import_id"
LINKED_ASKED, BY_CELL = "linked, asked", "by cell"
WHOLE, CELLS, LINKED, EVERYONE, CELL, WITHIN, ASKED = "whole", "cells", "linked", "everyone", "cell", "within", "asked"
"""Keys of what is kept: sample and cells, responses, the cell of each and its areas, and who was asked."""
NOBODY: pd.Series[int] = pd.Series(dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The weighted sample of the requested waves and mode, and the responses behind it.

    Attributes:
        study: the study.
        digest: of all that the sample is made from; "" where nothing is kept beside the store.
        linked_digest: the same of the responses that may have texts alone; equal while others come and go.
        selection: names version, waves, mode and reader.
        kept: what summaries compute from the responses more than once.
    """

    study: Study
    digest: str
    linked_digest: str
    selection: Selection
    kept: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def whole(self) -> StudySample:
        """The sample, without items; weighted when first asked for.

        Raises:
            DesignError: there is none.
            CalibrationError: the margins cannot be met.
        """
        if WHOLE not in self.kept:
            try:
                found = gather(self.study, self.selection, waves=self.selection.waves or None)
            except DesignError:
                _rows(self.study, self.selection, _columns(self.study))  # says so where nobody counts
                raise
            self.kept[WHOLE] = replace(found, rates=())
        sample: StudySample = self.kept[WHOLE]
        return sample

    @property
    def linked(self) -> pa.Table:
        """The responses of imports with texts, and the columns that describe their people; read when first asked for.

        A text belongs to a response of its own import, so nobody else has written.
        """
        if LINKED not in self.kept:
            rows = _rows(self.study, self.selection, _columns(self.study) | {IMPORT})
            theirs = pa.array(sorted(imports_of(text_parts(self.study.root / "store"))), pa.string())
            linked = pc.is_in(rows[IMPORT].cast(pa.string()), theirs)
            self.kept[LINKED] = rows.filter(linked).drop_columns([IMPORT])
        found: pa.Table = self.kept[LINKED]
        return found

    @property
    def everyone(self) -> pa.Table:
        """All responses, without their ids, which take long to read; read when first asked for."""
        if EVERYONE not in self.kept:
            self.kept[EVERYONE] = _rows(self.study, self.selection, _columns(self.study) - {ID})
        found: pa.Table = self.kept[EVERYONE]
        return found

    @property
    def linked_asked(self) -> Flags:
        """Which of the linked responses were asked the headline questions."""
        if LINKED_ASKED not in self.kept:
            self.kept[LINKED_ASKED] = asked_of(self.linked, self.study.questionnaire)
        found: Flags = self.kept[LINKED_ASKED]
        return found

    def asked(self, summaries: Summaries) -> tuple[IntArray, IntArray]:
        """Return who was asked the headline questions in each cell [C], and their base weights.

        Args:
            summaries: where they are kept.
        """
        if ASKED not in self.kept:
            # without a digest nothing would tell the answers of one mode from those of another
            table = summaries.of(self.digest).table(ASKED, self._asked) if self.digest else self._asked()
            self.kept[ASKED] = tuple(table[name].to_numpy() for name in ("n", "wo"))
        found: tuple[IntArray, IntArray] = self.kept[ASKED]
        return found

    def _asked(self) -> pd.DataFrame:
        sample, cells = self.sample, self._cells
        if cells is not None and (same := resummed(sample, cells)) is not None:
            of = same.cells
            return pd.DataFrame({"n": of.n_i[0], "wo": of.wo[0]} if of.items else {"n": of.n, "wo": of.w})
        rows = self.everyone
        asked = asked_of(rows, self.study.questionnaire).astype(np.int64)
        sums = by_cell(sample, cell_of(sample, rows), base_weights_of(sample, rows))
        return pd.DataFrame({name: one @ asked for name, one in zip(("n", "wo"), sums, strict=True)})

    @property
    def _cells(self) -> Cells | None:
        """The cells of everyone in these waves, in all modes; None where only the responses will do."""
        if CELLS not in self.kept:
            study, version = versioned(self.study, self.selection)
            wanted, waves = options(study, self.selection), self.selection.waves or None
            self.kept[CELLS] = asked_cells(study, version, wanted, waves)
        found: Cells | None = self.kept[CELLS]
        return found

    def count(self, name: str) -> pd.Series[int]:
        """Return how many responses have which value of a column by which samples are grouped, as stored."""
        cells = self._cells
        if cells is None:
            return self.everyone[name].to_pandas().value_counts() if name in self.everyone.column_names else NOBODY
        keys, mode = cells.keys, self.selection.mode
        mine = (keys["mode"] == mode).to_numpy() if mode else np.ones(len(keys), dtype=np.bool_)
        return pd.Series(cells.n[mine]).groupby(keys.loc[mine, name].to_numpy()).sum() if name in keys else NOBODY

    @property
    def cell(self) -> IntArray:
        """The cell of each of the linked responses, -1 for those outside the sample."""
        if CELL not in self.kept:
            self.kept[CELL] = cell_of(self.sample, self.linked)
        found: IntArray = self.kept[CELL]
        return found

    @property
    def by_cell(self) -> tuple[Any, Any]:
        """What counts the linked responses by cell, and what sums their base weights; see `by_cell`."""
        if BY_CELL not in self.kept:
            self.kept[BY_CELL] = by_cell(self.sample, self.cell, base_weights_of(self.sample, self.linked))
        found: tuple[Any, Any] = self.kept[BY_CELL]
        return found

    def within(self, *by: str) -> pa.Table:
        """Return `places` of the linked responses; kept."""
        if (WITHIN, by) not in self.kept:
            self.kept[WITHIN, by] = places(self.study, self.linked, by)
        found: pa.Table = self.kept[WITHIN, by]
        return found

    @property
    def sample(self) -> Sample:
        """Cells, design and weights."""
        return self.whole.sample

    def weighted(self, sample: Sample) -> StudySample:
        """Return the sample of the study with other items."""
        return replace(self.whole, sample=sample)


def gathered(study: Study, answers: OpenAnswers, asked: TextSelection) -> Gathered:
    """Return responses and sample of a selection; the last ones are kept with the answers.

    Like the answers, they stay those of the data version that was current when they were read.

    Raises:
        ArgumentError: no responses in these waves and mode.
    """
    selection = asked.selection
    key = (selection.version, selection.waves, selection.mode, selection.without_excluded)
    last = answers.cache.get(key)
    if isinstance(last, Gathered) and last.study is study:
        return last
    found = _gathered(study, answers, selection)
    for old in kept_gathered(answers):
        answers.cache.pop(old, None)
    answers.cache[key] = found
    return found


def kept_gathered(answers: OpenAnswers) -> dict[Hashable, Gathered]:
    """Return what `gathered` keeps with the answers."""
    return {name: one for name, one in answers.cache.items() if isinstance(one, Gathered)}


def recall_gathered(answers: OpenAnswers, kept: Mapping[Hashable, Gathered]) -> None:
    """Keep with the answers to a question what `kept_gathered` returned for another question of the same version."""
    answers.cache.update(kept)


def _gathered(study: Study, answers: OpenAnswers, selection: Selection) -> Gathered:
    counted, version = versioned(study, selection)
    modes = [
        mode
        for wave, mode, _ in count_modes(study.root / "store", version)
        if not selection.waves or wave in selection.waves
    ]
    if not modes or (selection.mode and selection.mode not in modes):
        raise _nobody(selection)
    digest = linked = ""
    if answers.summaries.key:
        made_as = (selection.waves, replace(options(study, selection), rates=None))
        of = partial(sample_digest, counted, version, made_as, modes=made_as[1].modes, waves=selection.waves)
        digest = of() or ""
        linked = of(imports=imports_of(text_parts(study.root / "store"))) or ""
    return Gathered(study, digest, linked, selection)


def _columns(study: Study) -> frozenset[str]:
    """Return the columns that describe people; headline rates show who was asked."""
    return columns_for(study, [rate for rate in study.questionnaire.rates if rate.overall])


def _rows(study: Study, selection: Selection, columns: frozenset[str]) -> pa.Table:
    """Return some columns of the responses of some waves and a mode.

    Raises:
        ArgumentError: there are none.
    """
    rows = read_counted(study, selection, selection.waves or None, columns).rows
    if selection.mode:
        rows = rows.filter(pc.equal(rows["mode"].cast(pa.string()), selection.mode))
    if not rows.num_rows:
        raise _nobody(selection)
    return rows


def _nobody(selection: Selection) -> ArgumentError:
    return ArgumentError("这一轮还没有答卷", got=selection.wave, cure="先用 silu import 导入一份答卷文件")


def places(study: Study, responses: pa.Table, by: tuple[str, ...]) -> pa.Table:
    """Return wave and response_id of responses, and the named areas that the frame has, in which copies count once."""
    table = pa.table({name: responses[name].cast(pa.string()) for name in ("wave", "response_id")})
    columns = [name for name in by if name in study.areas.frame.columns]
    if not columns:
        return table
    frame = study.areas.frame.drop_duplicates("psu").set_index("psu")[columns]
    points = pa.array(frame.index.astype(str).tolist(), pa.string())
    at = pc.index_in(responses["psu"].cast(pa.string()), value_set=points)
    for name in columns:
        areas = pa.array(frame[name].tolist(), pa.string(), from_pandas=True)
        table = table.append_column(name, areas.take(at.combine_chunks()))
    return table
