"""Coding: the themes of answers that have been read, each different text once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.text.themes.classifier import LinearModel
from analysis.text.themes.coder import CodedTexts, Human, code, model_of_rules, prior_of
from analysis.text.themes.evidence import Scores, matched_themes, seed_evidence
from analysis.text.themes.lists import Lists, Texts

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Distinct:
    """Different texts of answers.

    Attributes:
        texts: [U] normalised, "" for answers that say nothing.
        words: [U] display words.
        reasons: [U] words behind the themes, from `analysis.text.themes.evidence.reasons`.
        digests: [U] digests of the raw texts, ascending.
        codes: [K] themes.
    """

    texts: Sequence[str]
    words: Sequence[Sequence[str]]
    reasons: pa.ListArray
    digests: Ints
    codes: tuple[str, ...]

    @property
    def evidence(self) -> Scores:
        """[U, K] seed evidence among these texts."""
        return seed_evidence(self.reasons, self.codes)

    def model(self) -> LinearModel | None:
        """Return the model of the codebook, trained on these texts."""
        return model_of_rules(self.evidence, self.texts, self.words)

    def code(self, model: LinearModel | None, human: Human) -> CodedTexts:
        """Return the themes of the texts, given the codes by people.

        The themes of a text depend on it, on the model, and on the texts that people coded and their codes, which are
        all among these texts.
        """
        return self.coder(model, every=bool(human))(human)

    def coder(self, model: LinearModel | None, *, every: bool) -> Callable[[Human], CodedTexts]:
        """Return the coder of the texts, for several sets of codes; `every` as in `prior_of`."""
        prior = prior_of(matched_themes(self.reasons, self.codes), self.texts, self.words, model, every=every)
        return lambda human: code(prior, self.codes, self.texts, self.words, human)

    def human(self, by_digest: Mapping[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
        """Return the codes by people of these texts by position, from those by digest of the raw text."""
        at = {name: row for row, name in enumerate(self.digests.tolist())} if by_digest else {}
        return {at[name]: codes for name, codes in by_digest.items() if name in at}


def distinct(answers: pa.Table, digests: Ints, codes: Sequence[str], some: Ints | None = None) -> Distinct:
    """Return the different texts of answers.

    Args:
        answers: says, text, words and reasons, as `analysis.text.answers.attach` gives them.
        digests: [N] digests of the raw texts.
        codes: themes of the codebook.
        some: digests of the texts that are wanted; all when None.
    """
    first = np.flatnonzero(~pd.Series(digests).duplicated().to_numpy())  # `numpy.unique` sorts all of them
    if some is not None and len(some) < len(first):
        first = first[np.asarray(pc.is_in(pa.array(digests[first]), value_set=pa.array(some)))]
    first = first[np.argsort(digests[first])]
    different = digests[first]
    rows = answers.select(["says", "text", "reasons"]).take(pa.array(first))
    texts = Texts(pc.if_else(rows["says"], rows["text"], "").combine_chunks())
    words = Lists(answers["words"].combine_chunks(), first)
    return Distinct(texts, words, rows["reasons"].combine_chunks(), different, tuple(codes))


def spread(coded: CodedTexts, place: Ints) -> CodedTexts:
    """Return the themes of every answer from those of the different texts."""
    return CodedTexts(coded.assigned[place], coded.primary[place], coded.margin[place])
