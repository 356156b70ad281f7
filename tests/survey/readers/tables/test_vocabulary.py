"""Headings by the names of the form that a questionnaire was made from."""

from __future__ import annotations

from survey.instrument.questionnaire import parse_questionnaire
from survey.readers.tables.read_table import Form, Guide
from survey.readers.tables.vocabulary import Vocabulary

CHOICES = [{"value": 1, "text": "电视", "sourceName": "tv"}, {"value": 2, "text": "报纸", "sourceName": "paper"}]


def test_headings_by_source_names() -> None:
    rows = [{"value": "r1", "text": "路灯", "sourceName": "lamp-light"}, "r2"]
    elements = [
        {"type": "checkbox", "name": "q4", "title": "渠道", "choices": CHOICES, "sourceName": "how.did_you"},
        {"type": "matrix", "name": "E", "title": "满意", "columns": CHOICES, "rows": rows},
    ]
    asked = parse_questionnaire(
        {"title": "t", "instrumentId": "t", "instrumentVersion": "1", "pages": [{"elements": elements}]}
    )
    known = Vocabulary.of(Guide(asked, {}))
    assert known.find("how.did_you") == (Form.OPTIONS, "q4")
    assert known.find("grp/how.did_you/tv") == known.find("q4.1") == known.find("q4/tv") == (Form.FLAG, "q4.1")
    assert known.find("grp/lamp-light") == known.find("E/r1") == (Form.SINGLE, "E.r1")
    assert known.find("E_r2") == (Form.SINGLE, "E.r2")
