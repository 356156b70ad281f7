"""Provenance of estimates and of the inbox: every fact that a reader must know, from the sample and the study.

The texts are composed in `reports.sentences.notes.provenance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.decisions.waves.comparable_wording import wording
from analysis.estimation.estimates import Estimates
from reports.labels import dates, mode_label, short, wave_label
from reports.missing import examples
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.notes.provenance import (
    EVERY_RESPONDENT,
    HEADING,
    Provenance,
    Wording,
    of_level,
    origin,
)
from reports.sentences.sentence import Sentence
from survey.instrument.questionnaire import Questionnaire, Rate
from survey.study.study import Study

__all__ = ["EVERY_RESPONDENT", "HEADING", "Provenance", "Wording", "of_inbox", "origin", "provenance"]

DIFFERENCE = "差值 t 区间"
"""The interval of `analysis.estimation.contrasts`."""


def provenance(
    gathered: StudySample, selection: Selection, found: Estimates, wordings: Sequence[Wording] | None = None
) -> Provenance:
    """Return the provenance of estimates of a selection.

    Args:
        gathered: the sample they were made from.
        selection: waves and people.
        found: the estimates; counts below the suppression limit are ignored.
        wordings: question wordings; from the rates of the estimates when None.
    """
    study, sample, meta = gathered.study, gathered.sample, found.meta
    waves = selection.waves or gathered.waves
    # Small counts stay unknown (rule R-04); groups without answers have no part in the figure.
    rows = found.table[found.table["n"].ge(max(study.suppression, 1)).fillna(False)]
    others = tuple(name for name in gathered.waves if name not in waves)
    if wordings is None:
        items = dict.fromkeys(str(item) for item in found.table["item"])
        wordings = [worded(study.questionnaire, gathered.rate(item)) for item in items]
    return Provenance(
        title=study.title,
        wordings=tuple(wordings),
        people=selection.people,
        waves=tuple(wave_label(study, name) for name in waves),
        dates=tuple(dates(wave.start, wave.end) for wave in study.waves if wave.name in waves),
        mode="、".join(mode_label(mode) for mode in sample.modes),
        n=_limits(rows, "n", int),
        n_eff=None if sample.opt_in else _limits(rows, "n_eff", float),
        weighting=sample.weights.label,
        interval=Sentence() if sample.opt_in else of_level(meta["level"], meta.get("interval_label", DIFFERENCE)),
        strata=0 if sample.opt_in else len(sample.design.strata),
        points=0 if sample.opt_in else len(sample.design.stratum),
        false_calls=0.0 if sample.opt_in else float(meta.get("false_calls", 0.0)),
        suppression=study.suppression,
        version=gathered.version,
        written=f"{gathered.written:%Y-%m-%d %H:%M}" if gathered.written else "",
        exclusions=gathered.exclusions,
        mock=study.mock,
        # They name groups of a few people, and how many answers lack something (rule R-06).
        notes=()
        if selection.reserved
        else tuple(note for note in sample.notes if not others or not note.startswith(others)),
        heavy=bool(found.table["flag"].eq("heavy").any()),
        missing=examples(study),
        answers=_answers(gathered, selection),
    )


def of_inbox(study: Study, submissions: int, wave: str) -> Provenance:
    """Return the provenance of counts of the online form before import into the store.

    Args:
        study: the study.
        submissions: number received.
        wave: title of the open wave, "" where none is open.
    """
    return Provenance(
        title=study.title,
        wordings=(),
        people="填写网上问卷的人，不代表全体居民",
        waves=(wave,) if wave else (),
        dates=(),
        mode=mode_label("online"),
        n=(submissions, submissions),
        n_eff=None,
        weighting="只数份数，不加权",
        interval=Sentence(),
        strata=0,
        points=0,
        suppression=0,
        version=None,
        written="",
        exclusions="",
        mock=study.mock,
    )


def worded(questionnaire: Questionnaire, rate: Rate) -> Wording:
    """Return a rate in the words of the questionnaire."""
    parts = wording(questionnaire, rate)
    return Wording(rate.name, short(rate), parts["题目"], parts["计入"], parts["分母"], parts["问谁"])


def _answers(gathered: StudySample, selection: Selection) -> int:
    """Return how many responses the waves and people of a selection have; 0 where too few to be shown."""
    cells = gathered.sample.cells
    kept = np.ones(len(cells), dtype=np.bool_)
    for name, values in selection.domain.items():
        codes, labels = cells.codes(name)
        kept &= np.isin(codes, np.flatnonzero(labels.astype(str).isin(values)))
    number = int(cells.n[kept].sum())
    return number if number >= gathered.study.suppression else 0


def _limits(rows: pd.DataFrame, column: str, kind: type) -> Any:
    """Return smallest and largest value of a column; None where all are missing."""
    known = rows[column].dropna()
    return None if known.empty else (kind(known.min()), kind(known.max()))
