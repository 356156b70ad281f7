"""Ordered: the graded opinion items of a sheet as places on their scales, and the items that form one scale."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from survey.instrument.question import BLANK, Choice, Question
from survey.quality.sheet import NULL, Codes, Flags, ResponseSheet

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int8]
LEFT_OUT = frozenset({"foil", "integrity", "channel", "barrier", "reason"})
"""Roles of questions that ask for no opinion, or about the visit."""
GRID_LEAST, SINGLES_LEAST = 5, 8
"""Smallest number of items of a scale: of one grid, or of single items where there is no such grid."""
ITEMS_LEAST = 12
"""Smallest number of answers from which the effort of a person is judged."""
ABSENT = -1
UNGIVEN = np.int16(NULL)


@dataclass(frozen=True, slots=True)
class Ordered:
    """The graded items.

    Attributes:
        columns: [K] columns of the sheet.
        place: [N, K] place on the scale from 0, in the order of the questionnaire; `ABSENT` without a substantive
            answer (not asked, blank, don't know, refused).
        given: [N, K] codes including don't know and refused; `UNGIVEN` where nothing was asked or answered.
        size: [K] number of places.
        scales: items of one scale, as indices of `columns`, each in the order of the questionnaire.
    """

    columns: Ints
    place: Places
    given: Codes
    size: Ints
    scales: tuple[Ints, ...]

    def __len__(self) -> int:
        """Number of responses."""
        return len(self.place)

    @property
    def answered(self) -> Flags:
        """[N, K] whether there is a substantive answer."""
        return np.asarray(self.place != ABSENT, dtype=np.bool_)

    def every(self, most: int) -> Ordered:
        """Return at most about `most` responses, spread evenly over all."""
        step = max(len(self) // most, 1)
        return replace(self, place=self.place[::step], given=self.given[::step])


def ordered(sheet: ResponseSheet) -> Ordered:
    """Return the graded items of a sheet."""
    columns = opinion_items(sheet)
    place = np.full((len(sheet), len(columns)), ABSENT, dtype=np.int8, order="F")
    given = np.full((len(sheet), len(columns)), UNGIVEN, dtype=np.int16, order="F")
    size = np.zeros(len(columns), dtype=np.int64)
    for at, column in enumerate(columns):
        codes = sheet.codes[:, column]
        steps = [choice.code for choice in sheet.items[column].choices if not choice.missing and not choice.screen_out]
        known = np.full(257, ABSENT, dtype=np.int8)  # by code + 1, so that all below 0 are at its beginning
        known[np.array(steps, dtype=np.int64) + 1] = np.arange(len(steps))
        known.take(codes + np.int16(1), out=place[:, at], mode="clip")
        given[:, at] = np.where(codes == BLANK, UNGIVEN, codes)
        size[at] = len(steps)
    return Ordered(columns, place, given, size, _scales(sheet, columns))


def opinion_items(sheet: ResponseSheet) -> Ints:
    """Return the columns of opinion and knowledge items: graded, not personal and not about the visit."""
    graded = {
        question.name
        for question in sheet.questionnaire.questions
        if question.type.listed
        and not question.type.several
        and question.role not in LEFT_OUT
        and question.role not in sheet.questionnaire.roles
        and len(_steps(question)) > 1
    }
    return np.array([at for at, item in enumerate(sheet.items) if item.question in graded], dtype=np.int64)


def _steps(question: Question) -> list[Choice]:
    return [choice for choice in question.choices if not choice.missing and not choice.screen_out]


def _scales(sheet: ResponseSheet, columns: Ints) -> tuple[Ints, ...]:
    """Return the grids; a grid has one list of choices, so its items are comparable."""
    names = [sheet.items[column].question for column in columns]
    grids = [question.name for question in sheet.questionnaire.questions if question.type.grid]
    found = [np.array([at for at, name in enumerate(names) if name == grid], dtype=np.int64) for grid in grids]
    scales = tuple(scale for scale in found if len(scale) >= GRID_LEAST)
    if scales:
        return scales
    singles = np.array([at for at, name in enumerate(names) if name not in grids], dtype=np.int64)
    return (singles,) if len(singles) >= SINGLES_LEAST else ()
