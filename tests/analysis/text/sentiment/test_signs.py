"""The signs by which texts are chosen for a rule: a text without one is never tried."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.sentiment import constructions, irony

RULES = [(signs, pattern) for signs, pattern, _ in (*constructions._TABLE, *irony._TABLE) if len(signs) > 1]


@pytest.mark.parametrize(("signs", "pattern"), RULES)
@settings(max_examples=30)
@given(st.data())
def test_what_a_rule_matches_has_one_of_its_signs(
    signs: tuple[str, ...], pattern: re.Pattern[str], data: st.DataObject
) -> None:
    text = data.draw(st.from_regex(pattern))
    assert any(sign in text for sign in signs)
