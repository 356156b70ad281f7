"""Sayings: a complaint about a thing in one's own words, and the very best mark for the same thing; a hint only.

The codebook that finds the themes of a text reads the wording of the rated items too: what both are about is the pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pyarrow as pa

from analysis.integrity.measures import best_choice
from survey.checks.sheet import Flags, Sheet

LABEL = "说的和选的相反"
RULE = "留言明显抱怨某件事，对同一件事却选了最好的一项"
INNOCENT = "总体满意但提一条改进、留言说的是别人或从前、读错语气"
NEGATIVE = -1


def pairs(sheet: Sheet, themes: Callable[[str], Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    """Theme -> the rated single items of satisfaction that are about it.

    Args:
        sheet: gives the items.
        themes: the codes of a text, as for free texts.
    """
    rated = {name for rate in sheet.questionnaire.rates if rate.measure == "satisfaction" for name, _ in rate.terms}
    head = sheet.questionnaire.headline("satisfaction")
    found: dict[str, list[str]] = {}
    for item in sheet.items:
        if item.name in rated and (head is None or item.name not in head.columns):
            for code in themes(item.label):
                found.setdefault(code, []).append(item.name)
    return {code: tuple(names) for code, names in found.items()}


def contradicted(sheet: Sheet, answers: pa.Table, themes: Callable[[str], Iterable[str]]) -> Flags:
    """[N] a negative text is about things that were all, as far as judged, given the best mark.

    Args:
        sheet: responses of one wave.
        answers: response_id, says, polarity, themes of their free texts, see `analysis.text.answers.SCHEMA`.
        themes: the codes of a text.
    """
    about = pairs(sheet, themes)
    place = {name: at for at, name in enumerate(sheet.rows["response_id"].to_pylist())}
    best = {item.name: best_choice(item.name, item.choices, sheet) for item in sheet.items if item.choices}
    flags = np.zeros(len(sheet), dtype=np.bool_)
    for row in answers.select(["response_id", "says", "polarity", "themes"]).to_pylist():
        at = place.get(row["response_id"])
        if at is None or not row["says"] or row["polarity"] != NEGATIVE:
            continue
        items = [name for code in row["themes"] for name in about.get(code, ())]
        judged = [name for name in items if sheet.substantive[at, sheet.places[name]]]
        flags[at] |= bool(judged) and all(sheet.column(name)[at] == best[name] for name in judged)
    return flags
