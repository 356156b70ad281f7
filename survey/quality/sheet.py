"""Sheet: coded responses as one matrix, computed once for all checks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.instrument.question import BLANK, Question
from survey.instrument.questionnaire import Item, Questionnaire
from survey.study.responses import column_of

NULL = -32768
"""Represents "not asked" in the matrix."""
ROUTE_LEAST = 30
"""Minimum of responses for the median of a route; rarer routes are compared by seconds per question."""
SLOWEST, FASTEST = 20.0, 0.01
Codes = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class UsualPace:
    """Median durations.

    Attributes:
        routes: [R] keys of the routes with at least `ROUTE_LEAST` responses, ascending.
        seconds: [R] their medians.
        each: [M] median seconds per question of each mode.
    """

    routes: npt.NDArray[np.uint64]
    seconds: Floats
    each: Floats


@dataclass(frozen=True)
class ResponseSheet:
    """Responses of one or more waves.

    Attributes:
        rows: the responses in the schema of the store.
        questionnaire: the questionnaire.
        items: the columns of `codes`.
        codes: [N, K] stored codes; `NULL` for not asked, BLANK for left empty.
    """

    rows: pa.Table
    questionnaire: Questionnaire
    items: tuple[Item, ...]
    codes: Codes

    def __len__(self) -> int:
        """Number of responses."""
        return int(self.rows.num_rows)

    def column(self, name: str) -> Codes:
        """Return the codes of one item; all `NULL` if the item is not stored."""
        at = self.places.get(name)
        return np.full(len(self), NULL, dtype=np.int16) if at is None else self.codes[:, at]

    @cached_property
    def places(self) -> dict[str, int]:
        """Name of each item -> index of its column in `codes`."""
        return {item.name: at for at, item in enumerate(self.items)}

    def grid(self, question: Question) -> Codes:
        """Return the codes of one question, [N, items]."""
        return self.codes[:, [self.places[item.name] for item in question.items if item.name in self.places]]

    @cached_property
    def missing(self) -> Flags:
        """[N, K] whether the code is don't know or refused."""
        found = np.zeros(self.codes.shape, dtype=np.bool_, order="F")
        for at, item in enumerate(self.items):
            for code in item.missing:
                found[:, at] |= self.codes[:, at] == code
        return found

    @cached_property
    def substantive(self) -> Flags:
        """[N, K] whether the item has a substantive answer."""
        found = np.empty(self.codes.shape, dtype=np.bool_, order="F")
        for at, item in enumerate(self.items):
            codes = self.codes[:, at]
            np.not_equal(codes, NULL, out=found[:, at])
            for code in (BLANK, *item.missing):
                found[:, at] &= codes != code
        return found

    @cached_property
    def shown(self) -> Flags:
        """[N, Q] whether the question was asked; False for questions without stored columns."""
        questions = [question for question in self.questionnaire.questions if question.items]
        found = np.zeros((len(self), len(questions)), dtype=np.bool_, order="F")
        for at, question in enumerate(questions):
            for item in question.items:
                found[:, at] |= self.column(item.name) != NULL
        return found

    @cached_property
    def route(self) -> npt.NDArray[np.uint64]:
        """[N] key of the route: mode and set of questions asked."""
        keys = self.mode.astype(np.uint64)
        for at, multiplier in enumerate(_multipliers(self.shown.shape[1])):
            keys += self.shown[:, at] * multiplier
        return keys

    @cached_property
    def mode(self) -> npt.NDArray[np.int64]:
        """[N] number of the mode."""
        return group_numbers(self.rows, ("mode",))

    @cached_property
    def seconds(self) -> Floats:
        """[N] duration in seconds; NaN where unknown."""
        return np.asarray(pc.cast(self.rows["seconds"], pa.float64()).to_numpy(), dtype=np.float64)

    @cached_property
    def asked(self) -> npt.NDArray[np.int64]:
        """[N] number of questions asked, at least 1."""
        return np.asarray(np.maximum(self.shown.sum(axis=1), 1), dtype=np.int64)

    @cached_property
    def usual_pace(self) -> UsualPace:
        """The medians of these responses."""
        each = self.seconds / self.asked
        modes = [_median(each[self.mode == mode]) for mode in range(int(self.mode.max(initial=-1)) + 1)]
        order = np.argsort(self.route, kind="stable")
        sorted_ = self.route[order]
        first = np.flatnonzero(np.r_[True, sorted_[1:] != sorted_[:-1]]) if len(order) else order
        bounds = [*first.tolist(), len(order)]
        common = [(start, end) for start, end in pairwise(bounds) if end - start >= ROUTE_LEAST]
        medians = [_median(self.seconds[order[start:end]]) for start, end in common]
        routes = np.array([sorted_[start] for start, _ in common], dtype=np.uint64)
        return UsualPace(routes, np.array(medians, dtype=np.float64), np.array(modes, dtype=np.float64))

    def paced(self, usual: UsualPace) -> Floats:
        """Return [N] the duration as a share of the usual one of the route; NaN where unknown.

        For routes without a median, the usual duration for the number of questions is used.
        """
        expected = self.asked * np.append(usual.each, np.nan)[np.minimum(self.mode, len(usual.each))]
        if len(usual.routes):
            at = np.minimum(np.searchsorted(usual.routes, self.route), len(usual.routes) - 1)
            expected = np.where(usual.routes[at] == self.route, usual.seconds[at], expected)
        return np.asarray(np.clip(self.seconds / np.maximum(expected, 1.0), FASTEST, SLOWEST), dtype=np.float64)

    @cached_property
    def pace(self) -> Floats:
        """[N] duration as a share of the median on the same route; NaN where unknown."""
        return self.paced(self.usual_pace)


def open_sheet(responses: pa.Table, questionnaire: Questionnaire) -> ResponseSheet:
    """Return the sheet of some responses, without items that the table lacks."""
    stored = [(item, column_of(item, questionnaire)) for item in questionnaire.items]
    there = set(responses.column_names)
    held = [(item, name) for item, name in stored if name in there]
    codes = np.empty((responses.num_rows, len(held)), dtype=np.int16, order="F")
    for at, (_, name) in enumerate(held):
        column = responses[name]
        if pa.types.is_int8(column.type):
            _fill(codes[:, at], column)
        else:
            codes[:, at] = np.clip(pc.fill_null(column.cast(pa.int32()), NULL).to_numpy(), NULL, 32767)
    return ResponseSheet(responses, questionnaire, tuple(item for item, _ in held), codes)


def _fill(codes: Codes, column: pa.ChunkedArray) -> None:
    """Write a column of bytes, `NULL` where it has none."""
    start = 0
    for chunk in column.chunks:
        first, end, into = chunk.offset, chunk.offset + len(chunk), codes[start : start + len(chunk)]
        valid, values = chunk.buffers()
        if len(chunk):
            into[:] = np.frombuffer(values, dtype=np.int8)[first:end]
        if chunk.null_count:
            bits = np.unpackbits(np.frombuffer(valid, dtype=np.uint8)[first // 8 : -(-end // 8)], bitorder="little")
            np.copyto(into, NULL, where=bits[first % 8 :][: len(chunk)] == 0)
        start += len(chunk)


def group_numbers(rows: pa.Table, columns: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return [N] the number of each combination of the columns, in the order of the values; -1 for rows with a NULL."""
    number = np.zeros(rows.num_rows, dtype=np.int64)
    gone = np.zeros(rows.num_rows, dtype=np.bool_)
    for name in columns:
        coded = pc.dictionary_encode(rows[name]).combine_chunks()
        if isinstance(coded, pa.ChunkedArray):
            coded = coded.unify_dictionaries().combine_chunks()
        codes = np.asarray(pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
        gone |= codes < 0
        rank = np.zeros(len(coded.dictionary) + 1, dtype=np.int64)  # the last one, index -1, is for NULL
        rank[pc.array_sort_indices(coded.dictionary).to_numpy()] = np.arange(len(coded.dictionary)) + 1
        number = number * len(rank) + rank[codes]
    return np.where(gone, -1, ranks(number))


def ranks(number: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return [N] the rank of each number, none of them negative, among the different ones, from 0 on."""
    most = int(number.max(initial=-1)) + 1
    if most > 16 * len(number):  # a table of all numbers would cost more than to sort these
        return np.asarray(np.unique(number, return_inverse=True)[1], dtype=np.int64)
    there = np.zeros(most, dtype=np.bool_)
    there[number] = True
    return np.asarray((np.cumsum(there) - 1)[number], dtype=np.int64)


def matrices(questionnaire: Questionnaire, least: int) -> tuple[Question, ...]:
    """Return the matrix questions with at least `least` rows."""
    return tuple(q for q in questionnaire.questions if q.type.grid and len(q.items) >= least)


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _multipliers(size: int) -> npt.NDArray[np.uint64]:
    """Return reproducible odd 64-bit numbers, whose sums identify sets."""
    drawn = np.random.default_rng(20260101).integers(1, 2**62, size, dtype=np.uint64)
    return np.asarray(drawn * np.uint64(2) + np.uint64(1), dtype=np.uint64) * np.uint64(64)
