"""Targets of the columns of an answer file, and the decoders of their cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from survey.instrument.question import Item, Question, Shape
from survey.readers.cells import decoding
from survey.readers.cells.decoding import Decoder
from survey.readers.cells.dialect import Dialect
from survey.readers.tables.read_table import Form

Target = tuple[Form, str]
"""How the cells represent answers, and the item, question, text item or META target that they feed."""

WHOLE: Mapping[Shape, Form] = {
    Shape.CODE: Form.SINGLE,
    Shape.CODES: Form.OPTIONS,
    Shape.TRUTH: Form.SINGLE,
    Shape.NUMBER: Form.NUMBER,
    Shape.DATE: Form.TEXT,
    Shape.TEXT: Form.TEXT,
}
"""Shape of an answer -> form of a column that holds the whole answer in one cell."""
PARTS: Mapping[str, Form] = {"code": Form.SINGLE, "flag": Form.FLAG, "number": Form.NUMBER}


def whole_target(question: Question) -> Target | None:
    """Return the target of a column with the whole answer; None where an answer does not fit one cell."""
    form = WHOLE.get(question.type.shape)
    return (form, question.name) if form else None


def item_target(item: Item) -> Target:
    """Return the target of a column for one item."""
    return PARTS[item.form], item.name


def part_targets(question: Question) -> Iterator[tuple[Item, Target]]:
    """Yield the items of single options or rows, with the target of a column for each."""
    for item in question.items:
        if item.name != question.name:
            yield item, item_target(item)


def decoder_of(target: Target, question: Question, dialect: Dialect) -> Decoder:
    """Return the decoder of the cells of a column with coded answers to a question."""
    form, name = target
    if form is Form.NUMBER:
        return decoding.number(question, dialect)
    if form is Form.OPTIONS:
        return decoding.options(question, dialect)
    item = next(item for item in question.items if item.name == name)
    return decoding.flag(question, dialect, item) if form is Form.FLAG else decoding.single(question, dialect, item)
