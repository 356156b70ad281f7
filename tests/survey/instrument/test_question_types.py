"""Question types: each is complete, and no code outside the registry depends on a type name."""

from __future__ import annotations

import json
import pickle
import re
from importlib import resources
from pathlib import Path

import pytest

from survey.collect.submission.answer_rules import CHECKS
from survey.collect.submission.fast_types import HOLDS
from survey.instrument.element import read_question
from survey.instrument.lint.routing import ANSWERS
from survey.instrument.question import QuestionType, Shape
from survey.instrument.question_types import TYPES, type_of

ROOT = Path(__file__).parents[3]
ROOMS = ("survey", "analysis", "accounts", "reports", "documents", "views", "commands")
ASKS_NOTHING = {"html", "panel"}
BY_NAME = {kind.name: kind for kind in TYPES}


def test_the_schema_and_the_registry_know_the_same_elements() -> None:
    schema = json.loads(
        (resources.files("survey.instrument.lint") / "questionnaire.schema.json").read_text(encoding="utf-8")
    )
    known = set(schema["$defs"]["element"]["properties"]["type"]["enum"])
    listed = [name for kind in TYPES for name in kind.elements]
    assert {name.partition(":")[0] for name in listed} == known - ASKS_NOTHING
    assert len(set(listed)) == len(listed)
    assert known <= set(schema["$defs"])


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_every_type_has_a_widget_of_its_name(kind: QuestionType) -> None:
    script = (resources.files("survey.collect") / "static" / "widgets.js").read_text(encoding="utf-8")
    table = re.search(r"const KINDS = \{([^}]*)\}", script)
    assert table is not None
    assert kind.name in re.findall(r"(\w+)(?=[,:]|\s*$)", table[1])


def test_every_shape_has_checks_storage_and_routing() -> None:
    assert set(CHECKS) == set(HOLDS) == set(ANSWERS) == set(Shape)


def test_no_module_asks_for_the_name_of_a_type() -> None:
    asks = re.compile(r"\.type\.name\s*(?:==|!=|in\b|not\b)|\.type is\b")
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    assert len(files) > 300
    assert [str(path) for path in files if asks.search(path.read_text(encoding="utf-8"))] == []


def test_a_text_is_what_its_input_type_says() -> None:
    names = {kind: type_of({"type": "text", "inputType": kind}).name for kind in ("number", "range", "date", "email")}
    assert names == {"number": "number", "range": "number", "date": "date", "email": "text"}
    assert type_of({"type": "text"}).name == type_of({"type": "comment"}).name == "text"


def test_a_type_survives_a_copy_by_pickle() -> None:
    assert [pickle.loads(pickle.dumps(kind)) for kind in TYPES] == list(TYPES)


def test_option_columns_name_their_option_and_codes() -> None:
    element = {"type": "checkbox", "name": "B", "choices": [{"value": 3, "text": "报纸"}], "showOtherItem": True}
    found = read_question(element, page=0)
    assert [(item.name, item.option, item.chosen) for item in found.items] == [("B.3", 3, (1,)), ("B.97", 97, (1,))]
    single = read_question({**element, "type": "radiogroup"}, page=0)
    assert [(item.name, item.option, item.chosen) for item in single.items] == [("B", None, ())]


def test_no_other_where_the_type_lists_none() -> None:
    found = read_question({"type": "rating", "name": "R", "rateMax": 3, "showOtherItem": True}, page=0)
    assert (found.other, found.text_items) == (False, ())
