"""Draft: the answers of one wave and mode, into which faults are planted before they are written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey.instrument.questionnaire import ROLES, Questionnaire
from survey.mock.wave.sample import Respondents
from survey.mock.wave.session import Codes, Flags, Session
from survey.mock.wave.text import Answered

Ints = npt.NDArray[np.int64]
PACE = {"household": 520.0, "online": 330.0}  # median duration of a complete interview, in seconds
PACE_SPREAD = 0.28
SCREEN_SECONDS = 40
SECONDS_LEAST = 15
US = 1_000_000


@dataclass
class Draft:
    """Answers of one wave and mode.

    Attributes:
        people: the respondents.
        columns: item -> codes, with NULL.
        texts: text column -> answers.
        seconds: durations.
        submitted: local time in microseconds since 1970.
        device: number of the device, online only.
        fault: planted fault of each row, "" for none.
        detail: row of the original of a duplicate, or a description of the fault; "" for none.
    """

    people: Respondents
    columns: dict[str, Codes]
    texts: dict[str, Answered]
    seconds: Ints
    submitted: Ints
    device: Ints
    fault: npt.NDArray[np.object_]
    detail: npt.NDArray[np.object_]

    def mark(self, rows: Flags, fault: str, detail: str = "") -> None:
        """Label the rows of a fault."""
        self.fault[rows] = fault
        self.detail[rows] = detail

    def clean(self) -> Flags:
        """Return the complete interviews without a fault."""
        return np.asarray(self.people.eligible & (self.fault == ""), dtype=np.bool_)

    def copy_from(self, origin: Ints, *, keep: frozenset[str]) -> None:
        """Copy the answers of row `origin[i]` to row i, except the columns in `keep`."""
        moved = origin != np.arange(len(origin))
        rows, sources = np.flatnonzero(moved), origin[moved]
        for name, values in self.columns.items():
            if name not in keep:
                values[rows] = values[sources]
        self.texts = {name: answered.take(origin) for name, answered in self.texts.items()}


def draft_of(session: Session, texts: dict[str, Answered]) -> Draft:
    """Return a draft without faults, with durations and devices."""
    rng = session.rng("paradata")
    people, size = session.people, session.size
    pace = PACE[people.mode] * np.exp(rng.normal(0, PACE_SPREAD, size))
    seconds = np.where(people.eligible, pace, SCREEN_SECONDS * np.exp(rng.normal(0, PACE_SPREAD, size)))
    return Draft(
        people=people,
        columns=session.columns,
        texts=texts,
        seconds=np.maximum(seconds, SECONDS_LEAST).astype(np.int64),
        submitted=people.submitted.copy(),
        device=rng.integers(10**9, 10**10, size),
        fault=np.full(size, "", dtype=object),
        detail=np.full(size, "", dtype=object),
    )


def personal_columns(questionnaire: Questionnaire) -> frozenset[str]:
    """Return the columns of the personal questions."""
    return frozenset(
        item.name for question in questionnaire.questions if question.role in ROLES for item in question.items
    )
