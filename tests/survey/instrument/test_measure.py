"""Measures are data: the schema and all rules about measures derive from one registry."""

import json
import re
from pathlib import Path

import pytest

from survey.instrument.lint.schema import schema
from survey.instrument.measure import MEASURES, appraisals, knowledge, measure_label
from survey.instrument.questionnaire import Questionnaire, read_questionnaire

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def asked() -> Questionnaire:
    return read_questionnaire(ROOT / "survey/template/questionnaire.json")


def test_labels_and_phrases_are_unique() -> None:
    assert len({measure.label for measure in MEASURES.values()}) == len(MEASURES)
    assert len({measure.lacking for measure in MEASURES.values()}) == len(MEASURES)
    assert measure_label("satisfaction") == "满意率"
    assert not knowledge() & appraisals()


def test_the_schema_allows_the_measures_of_the_registry_and_the_file_lists_none() -> None:
    assert schema()["$defs"]["rate"]["properties"]["measure"]["enum"] == list(MEASURES)
    text = (ROOT / "survey/instrument/lint/questionnaire.schema.json").read_text(encoding="utf-8")
    assert not [key for key in MEASURES if json.dumps(key) in text]


def test_headlines_come_in_the_order_of_the_registry(asked: Questionnaire) -> None:
    assert [rate.measure for rate in asked.headlines()] == list(MEASURES)
    assert [rate.name for rate in asked.headlines({"satisfaction", "awareness"})] == ["A1", "E0"]
    assert asked.headlines(()) == ()


def test_single_rates_are_strict_and_no_headline(asked: Questionnaire) -> None:
    single = asked.single_rates({"satisfaction"})
    assert len(single) == 22
    assert not [rate.name for rate in single if rate.overall or rate.variant != "strict"]


def test_no_module_names_a_measure_in_a_string() -> None:
    literal = re.compile(rf"""["']({"|".join(MEASURES)})["']""")
    exempt = {
        "survey/instrument/measure.py",
        "survey/quality/incentives.py",  # [gifts] for = "participation": taking part in the survey
        "analysis/estimation/rates.py",  # an example in its docstring
    }
    found = {
        str(path.relative_to(ROOT))
        for room in ("survey", "analysis", "accounts", "reports", "documents", "views", "commands")
        for path in (ROOT / room).rglob("*.py")
        if literal.search(path.read_text(encoding="utf-8"))
    }
    assert found == exempt
