"""Copied texts: nearly identical free texts of different respondents, within one interviewer or one area.

Short answers to one question repeat each other naturally, so a copy alone is no evidence. It is compared with what the
same texts would give if they had fallen to other interviewers of the district (`shuffling`), or with the other areas of
the district (`outlying`). The more people of the whole survey write the same, the less a pair counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.integrity.clusters import Clusters
from analysis.integrity.matching import InBlock
from analysis.text.duplicates import SHORTEST, Copies, find_copies
from survey.quality.sheet import Floats, ResponseSheet

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CopiedTexts:
    """Texts that have a copy: the row of their response and the number of their group, [T] each.

    Attributes:
        row: row of the sheet.
        group: 0 to G - 1; texts of one group answer one question and are nearly the same.
        written: [N] whether a response has a text long enough to be a copy.
    """

    row: Ints
    group: Ints
    written: npt.NDArray[np.bool_]


Find = Callable[[str, pa.Table], Copies]
"""Question and its answers (a table with the column text) -> their copies."""


def copies_among(_item: str, answers: pa.Table) -> Copies:
    """Return the copies among the answers to a question, all of which are compared now."""
    return find_copies([text or "" for text in answers["text"].to_pylist()])


def copied_texts(sheet: ResponseSheet, texts: pa.Table, find: Find = copies_among) -> CopiedTexts:
    """Find the copies, question by question.

    Args:
        sheet: the responses.
        texts: response_id, item, text; those of other responses are ignored.
        find: finds the copies among the answers to a question.
    """
    at = pc.index_in(texts["response_id"], sheet.rows["response_id"].combine_chunks())
    there = pc.is_valid(at)
    texts, row = texts.filter(there), np.asarray(at.filter(there).to_numpy(), dtype=np.int64)
    group = np.full(len(row), -1, dtype=np.int64)
    for name in texts["item"].unique().to_pylist():
        mine = np.flatnonzero(pc.equal(texts["item"], name))
        found = find(str(name), texts.take(pa.array(mine))).group
        group[mine] = np.where(found >= 0, found + group.max(initial=-1) + 1, -1)
    written = np.zeros(len(sheet), dtype=np.bool_)
    written[row[np.asarray(pc.fill_null(pc.greater_equal(pc.utf8_length(texts["text"]), SHORTEST), False))]] = True
    copied = group >= 0
    return CopiedTexts(row[copied], group[copied], written)


def copy_pairs(copied: CopiedTexts, clusters: Clusters) -> InBlock:
    """Return pairs of copies between clusters, each divided by the number of others with the same text.

    Summed over the clusters of one interviewer and divided by the interviews, it is the share of the interviews whose
    text was copied, where all copies lie with that interviewer.
    """
    size = np.bincount(copied.group)
    cluster = clusters.of_row[copied.row]

    def inside(block: Ints) -> Floats:
        place = np.full(len(clusters) + 1, -1)
        place[block] = np.arange(len(block))
        mine = np.flatnonzero(place[cluster] >= 0)
        names, group = np.unique(copied.group[mine], return_inverse=True)
        count = np.zeros((len(block), len(names)))
        np.add.at(count, (place[cluster[mine]], group), 1.0)
        weight = 1 / np.maximum(size[names] - 1, 1)
        pairs = np.asarray((count * weight) @ count.T, dtype=np.float64)
        # a text is not a copy of itself
        pairs[np.diag_indices(len(block))] -= count @ weight
        return pairs

    return inside


def copied_in_area(copied: CopiedTexts, area: Ints) -> Floats:
    """Return [N] 1 where another response of the area has nearly the same text, else 0; NaN without a text.

    Args:
        copied: the copies.
        area: [N] number of the area, -1 for none.
    """
    found = np.where(copied.written, 0.0, np.nan)
    inside = area[copied.row] >= 0
    row, group = copied.row[inside], copied.group[inside]
    key = group * (int(area.max(initial=0)) + 1) + area[row]
    _, number, count = np.unique(key, return_inverse=True, return_counts=True)
    found[row[count[number] > 1]] = 1.0
    return found
