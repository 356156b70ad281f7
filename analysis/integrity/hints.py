"""Hints beside every light (rule R-14): contradictions between texts and marks, and figures in words.

A complaint in a respondent's own words about something that got the best mark is a hint, never a signal. The codebook
that finds the themes of a text also reads the wording of the rated items; a shared theme links the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import isnan

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.integrity.combine import RATE
from analysis.integrity.signals import Signal
from analysis.integrity.sums.measures import best_choice
from analysis.numerals import cell, percent, target
from survey.instrument.measure import appraisals
from survey.quality.sheet import Flags, ResponseSheet

LABEL = "说的和选的相反"
RULE = "留言明显抱怨某件事，对同一件事却选了最好的一项"
INNOCENT = "总体满意但提一条改进、留言说的是别人或从前、读错语气"
ACTION = "当作提醒，读几条打码后的留言；不列名、不剔除"
NEGATIVE = -1


COLUMNS = ("response_id", "says", "polarity", "themes")
"""Columns of answers that `contradicted` reads."""


def pairs(sheet: ResponseSheet, themes: Callable[[str], Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    """Return theme -> the rated single items on that theme.

    Args:
        sheet: the responses, with the items.
        themes: function from a text to its theme codes, as for free texts.
    """
    asked = sheet.questionnaire
    rated = {name for rate in asked.rates if rate.measure in appraisals() for name in rate.columns}
    rated -= {name for head in asked.headlines(appraisals()) for name in head.columns}
    found: dict[str, list[str]] = {}
    for item in sheet.items:
        if item.name in rated:
            for code in themes(item.label):
                found.setdefault(code, []).append(item.name)
    return {code: tuple(names) for code, names in found.items()}


def contradicted(sheet: ResponseSheet, answers: pa.Table, themes: Callable[[str], Iterable[str]]) -> Flags:
    """Return [N] whether a negative text is about things that all got the best mark, as far as judged.

    Args:
        sheet: responses of one wave.
        answers: response_id, says, polarity, themes of their free texts, see `analysis.text.answers.SCHEMA`.
        themes: function from a text to its theme codes.
    """
    complaint = pc.and_(answers["says"], pc.equal(answers["polarity"], NEGATIVE))
    complaints = answers.filter(pc.fill_null(complaint, False)).combine_chunks()
    at = np.asarray(pc.index_in(complaints["response_id"], _ids(sheet)).fill_null(-1).to_numpy(), dtype=np.int64)
    lists = complaints["themes"].combine_chunks()
    text, raised = np.asarray(pc.list_parent_indices(lists), dtype=np.int64), lists.flatten().dictionary_encode()
    number = {code: at for at, code in enumerate(raised.dictionary.to_pylist())}
    theme = np.asarray(raised.indices)
    judged, spoilt = np.zeros((2, len(at)), dtype=np.bool_)
    for code, names in pairs(sheet, themes).items():
        mine = text[theme == number.get(code, -1)]
        mine = mine[at[mine] >= 0]
        for name in names:
            place = sheet.places[name]
            valid = sheet.substantive[at[mine], place]
            best = best_choice(name, sheet.items[place].choices, sheet)
            judged[mine] |= valid
            spoilt[mine] |= valid & (sheet.codes[at[mine], place] != best)
    flags = np.zeros(len(sheet), dtype=np.bool_)
    flags[at[judged & ~spoilt]] = True
    return flags


def _ids(sheet: ResponseSheet) -> pa.Array:
    return sheet.rows["response_id"].combine_chunks()


NOT_AN_ACCUSATION = "灯是统计信号，不是结论：红灯只表示应请独立人员复访，不据此处罚任何人；受访者一律不列名。"
FALSE_ALARMS = f"误报：红灯按错误发现率 {target(RATE)} 控制；在没有造假的模拟城市里，被亮红灯的访问员不到 1%。"


def figure(signal: Signal, value: float, level: str) -> str:
    """Format the value of a signal of an interviewer or area (`level`) with its unit; "—" where it is unknown."""
    if isnan(value):
        return "—"
    if signal.each and level == "interviewer":
        return f"每份 {cell(value, 2)} {signal.each}"
    if signal.unit == "%":
        return percent(value)
    return f"{cell(value, 2)} {signal.unit}"


def chance(p: float, floor: float = 0.0) -> str:
    """Format a p-value in everyday words, 约每 5,000 次有 1 次; never below the smallest that the method can give."""
    if isnan(p):
        return "不判断"
    if p <= floor * (1 + 1e-9):
        return f"每 {1 / floor:,.0f} 次不到 1 次"
    if p > 0.2:
        return "很常见"
    times = 1 / max(p, 1e-6)
    step = 10 ** max(len(str(int(times))) - 2, 0)
    return f"约每 {round(times / step) * step:,.0f} 次有 1 次"
