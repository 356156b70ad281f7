"""Polarity and intent: the negation probe, evidence, properties, bad input."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.sentiment import intent
from analysis.text.sentiment.intent import INTENTS, IntentRules
from analysis.text.sentiment.polarity import LABELS, PolarityRules
from survey.study.lexicon import load_lexicon
from tests.analysis.text.probes import LABELS as LABEL
from tests.analysis.text.probes import every_sentence, lines, negation

LEXICON = load_lexicon()
RULES, INTENT = PolarityRules(LEXICON), IntentRules(LEXICON)


def test_negation_probe() -> None:
    probe = negation()
    wrong = [text for label, text in probe if RULES(text).label != label]
    assert len(probe) >= 60
    assert len(wrong) / len(probe) <= 0.05, wrong


@pytest.mark.parametrize(
    ("name", "least"),
    [("second.tsv", 0.9), ("third.tsv", 0.9), ("fourth.tsv", 0.9), ("holdout.tsv", 0.9), ("practice.tsv", 0.9)],
)
def test_development_sets_keep_their_accuracy(name: str, least: float) -> None:
    assert _right(name) >= least


def test_second_holdout_set() -> None:
    """Not wholly unseen any more: some of its sentences informed the rules of irony and unmet wishes."""
    assert _right("unseen.tsv") >= 0.8


def test_fresh_holdout_set() -> None:
    """Written after all rules by somebody who had not read them: .71 by the rules. Learnt from since."""
    assert _right("fresh.tsv") >= 0.68


def _right(name: str) -> float:
    rows = [line.split("\t") for line in lines(name)]
    right = [RULES(row[1]).label == LABEL[row[0]] for row in rows if row[0] in LABEL]
    assert len(right) >= 20
    return sum(right) / len(right)


@pytest.mark.parametrize(
    ("text", "label"),
    [("没有以前堵了", 1), ("好什么好", -1), ("垃圾清理及时", 1), ("希望路灯亮一点", 0), ("占道经营一点没少", -1)],
)
def test_the_cases_that_other_libraries_miss(text: str, label: int) -> None:
    assert RULES(text).label == label


def test_evidence_makes_the_score() -> None:
    found = RULES("街道干净整洁，但是停车很难")
    assert [each.phrase for each in found.evidence] == ["干净", "整洁", "难"]
    assert found.score == pytest.approx(sum(each.value for each in found.evidence))
    assert found.label == -1


@given(st.text(max_size=80))
def test_any_text_has_a_label(text: str) -> None:
    found = RULES(text)
    assert found.label in LABELS
    assert INTENT(text, found).name in INTENTS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("请问公交卡在哪里办？", "question"),
        ("老年卡怎么办理需要什么材料吗", "question"),
        ("建议多装几个路灯", "suggestion"),
        ("希望增加停车位，现在太难停了", "suggestion"),
        ("投诉楼下烧烤摊半夜扰民", "complaint"),
        ("路灯坏了几个月没人修", "complaint"),
        ("难道就没有人管吗", "complaint"),
        ("路修好了，给你们点赞", "praise"),
        ("环境越来越好，很满意", "praise"),
        ("住在三号线旁边", "none"),
    ],
)
def test_intent(text: str, name: str) -> None:
    found = INTENT(text, RULES(text))
    assert found.name == name
    assert found.words or name == "none"


def test_intents_of_many_texts_at_once() -> None:
    texts = every_sentence()
    judged = RULES.each(texts)
    one_by_one = [INTENT(text, found).name for text, found in zip(texts, judged, strict=True)]
    assert INTENT.names(texts, [found.label for found in judged]) == one_by_one
    assert set(one_by_one) == set(INTENTS)


@given(st.from_regex(intent._ASKS))
def test_a_question_has_a_sign_of_one(text: str) -> None:
    assert intent._ASKING([text]).any()
