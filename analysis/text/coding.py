"""Coding: the themes of answers that have been read, each different text once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.text.themes.coder import CodedTexts, Human, code, prior_of
from analysis.text.themes.evidence import Scores, seed_evidence

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Distinct:
    """The different texts of answers.

    Attributes:
        texts: [U] normalised, "" for answers that say nothing.
        words: [U] display words.
        evidence: [U, K] seed evidence.
        digests: [U] digests of the raw texts, sorted.
        place: [N] position of each answer's text.
        codes: [K] themes.
    """

    texts: Sequence[str]
    words: Sequence[Sequence[str]]
    evidence: Scores
    digests: Ints
    place: Ints
    codes: tuple[str, ...]

    def code(self, human: Human) -> CodedTexts:
        """Return the themes of the different texts, given the codes by people."""
        return self.coder(every=bool(human))(human)

    def coder(self, *, every: bool) -> Callable[[Human], CodedTexts]:
        """Return the coder of the texts, for several sets of codes; `every` as in `prior_of`."""
        prior = prior_of(self.evidence, self.texts, self.words, every=every)
        return lambda human: code(prior, self.codes, self.texts, self.words, human)

    def human(self, by_digest: Mapping[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
        """Return the codes by people of these texts by position, from those by digest of the raw text."""
        at = {name: row for row, name in enumerate(self.digests.tolist())} if by_digest else {}
        return {at[name]: codes for name, codes in by_digest.items() if name in at}


class _Lists(Sequence[Sequence[str]]):
    """The lists of an Arrow array, made one by one: a million of them as Python objects are a gigabyte."""

    def __init__(self, array: pa.ListArray) -> None:
        self._values, self._offsets = array.values, array.offsets.to_numpy()

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, at: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sequence[str]]: ...
    def __getitem__(self, at: int | slice) -> Sequence[Any]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        start, end = self._offsets[at], self._offsets[at + 1]
        words: list[str] = self._values[start:end].to_pylist()
        return words


def distinct(answers: pa.Table, digests: Ints, codes: Sequence[str]) -> Distinct:
    """Return the different texts of answers.

    Args:
        answers: says, text, words and reasons, as `analysis.text.answers.attach` gives them.
        digests: [N] digests of the raw texts.
        codes: themes of the codebook.
    """
    different, first, place = np.unique(digests, return_index=True, return_inverse=True)
    rows = answers.select(["says", "text", "words", "reasons"]).take(pa.array(first))
    says = rows["says"].to_pylist()
    texts = [text if said else "" for text, said in zip(rows["text"].to_pylist(), says, strict=True)]
    evidence = seed_evidence(rows["reasons"].combine_chunks(), codes)
    return Distinct(texts, _Lists(rows["words"].combine_chunks()), evidence, different, place, tuple(codes))


def spread(coded: CodedTexts, place: Ints) -> CodedTexts:
    """Return the themes of every answer from those of the different texts."""
    return CodedTexts(coded.assigned[place], coded.primary[place], coded.margin[place])
