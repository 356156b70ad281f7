"""Negations of unlisted things, and clauses without an opinion word."""

import pytest

from analysis.text.sentiment.implied import MILD, MISSING, Negated, PhraseValue, negation_value, without_words


@pytest.mark.parametrize(
    ("word", "after", "over", "value"),
    [
        ("没有", "路灯", False, MISSING),
        ("不", "开门", False, -MILD),
        ("不再", "往外占", False, MILD),
        ("不用", "排长队", True, MILD),
        ("不用", "排长队", False, 0.0),
        ("不太", "合理", False, -MILD),
        ("不太", "费劲", True, MILD),
        ("不如", "隔壁", False, MISSING),
        ("没", "花钱就办了", True, 0.0),
    ],
)
def test_negations_of_unlisted_things(word: str, after: str, over: bool, value: float) -> None:
    assert negation_value(word, Negated(word + after, after, over, ()))[0] == value


def test_relief_and_comparison_outweigh_their_objects() -> None:
    dirt, clean = PhraseValue("垃圾", -1.0), PhraseValue("卫生", 1.0)
    assert negation_value("不用", Negated("垃圾不用自己拎了", "自己拎", True, (dirt,))) == (MILD, [])
    assert negation_value("不及", Negated("卫生不及去年", "去年", False, (clean,))) == (MISSING, [])


@pytest.mark.parametrize(
    ("text", "value"),
    [("门口车过不去", MISSING), ("装了灯", MILD), ("灯没装", 0.0), ("无论多晚都有灯", MILD), ("难免踩一脚泥", -MILD)],
)
def test_clauses_without_a_listed_word(text: str, value: float) -> None:
    found = without_words(text, falls=False)
    assert (found.value if found else 0.0) == value


def test_a_loss_needs_something_that_falls() -> None:
    assert without_words("少了往日热闹", falls=True) == PhraseValue("少了往日热闹", -MILD)
    assert without_words("少了往日热闹", falls=False) is None
