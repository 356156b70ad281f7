"""Replace the numbers of SPSS and Stata columns by their value labels, one rule for the whole column.

Files may number the options differently from the questionnaire, so that a label always takes precedence over a number.
Numbers without a label are codes of the questionnaire only if no label of the column contradicts that.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from survey.instrument.question import Choice, Item, Question
from survey.readers.cells.decoding import NO, UNLABELLED, YES, whole
from survey.readers.cells.keys import key
from survey.readers.tables.read_table import Form

Labels = Mapping[str, str]
"""Value, as text -> label."""


def worded(cells: pa.ChunkedArray, labels: Labels, form: Form, question: Question, item: Item | None) -> pa.Array:
    """Return the cells of a column with labels in place of labelled numbers.

    Args:
        cells: text.
        labels: the value labels of the column.
        form: form of the column.
        question: its question.
        item: its item; None for a column with all options.
    """
    if form is Form.FLAG:
        labels, sure = _of_flag(labels, question, item)
    elif form is Form.SINGLE:
        sure = not _contradicts(labels, item.choices if item else question.choices)
    else:  # numbers are kept; only .a to .z of Stata become labels
        labels, sure = {value: text for value, text in labels.items() if value.isalpha()}, True
    known = pc.unique(cells).to_pylist()
    texts = {cell: labels.get(cell, cell if sure or not cell else f"{cell}{UNLABELLED}") for cell in known}
    return pa.array([texts[cell] for cell in cells.to_pylist()], pa.string())


def _contradicts(labels: Labels, choices: tuple[Choice, ...]) -> bool:
    """Return whether a label belongs to another code, or the number of a substantive option has a foreign label."""
    by_label = {key(choice.label): choice.code for choice in choices}
    substantive = {str(choice.code) for choice in choices if not choice.missing}
    for value, text in labels.items():
        code = by_label.get(key(text))
        number = whole(key(value))
        if (code is None and number in substantive) or (code is not None and str(code) != number):
            return True
    return False


def _of_flag(labels: Labels, question: Question, item: Item | None) -> tuple[Labels, bool]:
    """Return the labels of a column of one option that are understood, and whether bare numbers are 0 and 1."""
    own = key(item.label) if item else ""
    options = {key(choice.label) for choice in question.choices}
    missing = {value: text for value, text in labels.items() if value.isalpha()}
    named = {value: text for value, text in labels.items() if key(text) in options}
    if len(named) > 1:  # a column of mentions
        return named | missing, True
    truth = {value: key(text) in YES or key(text) == own for value, text in labels.items() if _is_truth(text, own)}
    sure = all(whole(key(value)) == str(int(ticked)) for value, ticked in truth.items())
    return {value: labels[value] for value in truth} | missing, sure


def _is_truth(text: str, own: str) -> bool:
    return key(text) in YES or key(text) in NO or key(text) == own
