"""Targets of the columns of an answer file, by shape of the answer."""

from __future__ import annotations

import pytest

from survey.instrument.element import read_question
from survey.readers.cells.dialect import Dialect
from survey.readers.tables.read_table import Form
from survey.readers.tables.targets import decoder_of, part_targets, whole_target

CHOICES = [{"value": 2, "text": "好"}, {"value": 5, "text": "差"}]
ROWS = [{"value": "a", "text": "路灯"}, {"value": "b", "text": "停车"}]


@pytest.mark.parametrize(
    ("element", "whole", "parts"),
    [
        ({"type": "radiogroup", "choices": CHOICES}, Form.SINGLE, []),
        ({"type": "boolean"}, Form.SINGLE, []),
        ({"type": "text", "inputType": "number"}, Form.NUMBER, []),
        ({"type": "comment"}, Form.TEXT, []),
        ({"type": "text", "inputType": "date"}, Form.TEXT, []),
        ({"type": "checkbox", "choices": CHOICES}, Form.OPTIONS, [(Form.FLAG, "Q.2"), (Form.FLAG, "Q.5")]),
        (
            {"type": "matrix", "columns": CHOICES, "rows": ROWS},
            None,
            [(Form.SINGLE, "Q.a"), (Form.SINGLE, "Q.b")],
        ),
    ],
)
def test_targets(element: dict[str, object], whole: Form | None, parts: list[tuple[Form, str]]) -> None:
    question = read_question({**element, "name": "Q"}, page=0)
    assert whole_target(question) == (None if whole is None else (whole, "Q"))
    assert [target for _, target in part_targets(question)] == parts


def test_every_target_has_its_decoder() -> None:
    several = read_question({"type": "checkbox", "name": "Q", "choices": CHOICES}, page=0)
    grid = read_question({"type": "matrix", "name": "Q", "columns": CHOICES, "rows": ROWS}, page=0)
    number = read_question({"type": "text", "inputType": "number", "name": "Q", "min": 0, "max": 9}, page=0)
    assert decoder_of((Form.OPTIONS, "Q"), several, Dialect())("差|好").codes == (5, 2)
    assert decoder_of((Form.FLAG, "Q.5"), several, Dialect())("差").code == 1
    assert decoder_of((Form.SINGLE, "Q.b"), grid, Dialect())("差").code == 5
    assert decoder_of((Form.NUMBER, "Q"), number, Dialect())("8次").code == 8
