"""Targets: what a column of an answer file feeds, and the decoder of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from survey.instrument.question import Item, Question, Shape
from survey.readers.cells import decoding
from survey.readers.cells.decoding import Decoder
from survey.readers.cells.dialect import Dialect
from survey.readers.tables.read_table import Form

Target = tuple[Form, str]
"""How the cells are written, and the item, question, text or META target that they feed."""

WHOLE: Mapping[Shape, Form] = {
    Shape.CODE: Form.SINGLE,
    Shape.CODES: Form.OPTIONS,
    Shape.TRUTH: Form.SINGLE,
    Shape.NUMBER: Form.NUMBER,
    Shape.DATE: Form.TEXT,
    Shape.TEXT: Form.TEXT,
}
"""Shape of an answer -> how one cell holds all of it."""
PARTS: Mapping[str, Form] = {"code": Form.SINGLE, "flag": Form.FLAG, "number": Form.NUMBER}


def whole_target(question: Question) -> Target | None:
    """Return what a column with the whole answer feeds; None where the answer fits no single cell."""
    form = WHOLE.get(question.type.shape)
    return (form, question.name) if form else None


def item_target(item: Item) -> Target:
    """Return what a column for one stored column feeds."""
    return PARTS[item.form], item.name


def part_targets(question: Question) -> Iterator[tuple[Item, Target]]:
    """Yield the stored columns of single options or rows, with what a column of each feeds."""
    for item in question.items:
        if item.name != question.name:
            yield item, item_target(item)


def decoder_of(target: Target, question: Question, dialect: Dialect) -> Decoder:
    """Return the decoder of the cells of a column that holds coded answers to a question."""
    form, name = target
    if form is Form.NUMBER:
        return decoding.number(question, dialect)
    if form is Form.OPTIONS:
        return decoding.options(question, dialect)
    item = next(item for item in question.items if item.name == name)
    return decoding.flag(question, dialect, item) if form is Form.FLAG else decoding.single(question, dialect, item)
