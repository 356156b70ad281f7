"""Intent: whether an answer complains, suggests, asks or praises, by rules that keep the deciding words.

Polarity alone cannot separate a complaint from a question (text.md 3: five libraries call 25 to 69 % of questions
negative), so the intent is decided first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from analysis.text.words.phrases import Found, PhraseFinder
from analysis.text.words.signs import Signs
from survey.study.lexicon import Lexicon

if TYPE_CHECKING:
    from analysis.text.sentiment.polarity import Polarity  # compiles its rules: 0.05 CPU s

INTENTS = {"complaint": "投诉", "suggestion": "建议", "question": "咨询", "praise": "表扬", "none": "其他"}
_ASKS = re.compile(
    r"(?:[吗呢]|\?|？)[\s。！!?？]*$|^(?:请问|咨询|想问|问一下|想知道|想了解)|(?:怎么办|多少钱|什么时候能?|何时能?|在哪里?)[\s?？]*$"
)
_ASKING = Signs(
    [("吗", "呢", "?", "？", "请问", "咨询", "想问", "问一", "想知", "想了", "怎么", "多少", "什么", "何时", "在哪")]
)
"""What every match of `_ASKS` has one of."""
_RHETORICAL = re.compile(
    r"难道|还有没有人|有没有人管|谁来管|能不能管|什么时候是个头|什么时候才|凭什么|还要多久|叫.{0,6}吗"
)
_STRONG = {"投诉", "举报", "曝光", "控诉", "求助", "忍无可忍", "受不了", "气愤", "强烈不满", "诈骗", "黑心", "欺骗"}
_OPENING = 6
_ALONE = {-1: "complaint", 0: "none", 1: "praise"}
"""The intent of a text without words of intents that does not ask, by the label of its polarity."""


class Intent(NamedTuple):
    """The intent of an answer: `name` is a key of `INTENTS`; `words` decided it, in the order of the text."""

    name: str
    words: tuple[str, ...]


class IntentRules:
    """The rules with the intent words of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Index the words."""
        self._intents = lexicon.intents
        self._finder = PhraseFinder([*lexicon.intents, *lexicon.shields])

    def __call__(self, text: str, polarity: Polarity) -> Intent:
        """Judge one normalised text whose polarity is known."""
        words, opening = self._said(self._finder.longest(text))
        name = self._decide(text, polarity.label, words, opening)
        evidence = words[name] or [each.phrase for each in polarity.evidence if name in {"complaint", "praise"}]
        return Intent(name, tuple(dict.fromkeys(evidence)))

    def names(self, texts: Sequence[str], labels: Sequence[int]) -> list[str]:
        """Return the names of the intents of normalised texts, given the labels of their polarity."""
        asks = _ASKING(texts).tolist()
        found = self._finder.longest_each(texts)
        return [
            self._decide(text, label, *self._said(phrases)) if phrases or asking else _ALONE[label]
            for text, label, phrases, asking in zip(texts, labels, found, asks, strict=True)
        ]

    def _said(self, phrases: Sequence[Found]) -> tuple[dict[str, list[str]], str]:
        """Return the words of each intent among phrases, and the intent with which the text opens, "" for none."""
        words: dict[str, list[str]] = {name: [] for name in INTENTS}
        opening = ""
        for found in phrases:
            name = self._intents.get(found.phrase)
            if name:
                words[name].append(found.phrase)
                opening = opening or (name if found.start <= _OPENING else "")
        return words, opening

    @staticmethod
    def _decide(text: str, label: int, words: dict[str, list[str]], opening: str) -> str:
        if asked := _ASKS.search(text):
            rhetorical = _RHETORICAL.search(text) or (words["complaint"] and label < 0)
            if not rhetorical:
                words["question"] = words["question"] or [asked.group()]
                return "question"
        if words["complaint"] and (opening == "complaint" or not _STRONG.isdisjoint(words["complaint"])):
            return "suggestion" if opening == "suggestion" else "complaint"
        if words["suggestion"] and (opening == "suggestion" or label >= 0):
            return "suggestion"
        if label < 0 or (words["complaint"] and label == 0):
            return "complaint"
        if label > 0 or words["praise"]:
            return "praise"
        return "suggestion" if words["suggestion"] else "none"
