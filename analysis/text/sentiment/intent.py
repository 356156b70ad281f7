"""Intent: whether an answer complains, suggests, asks or praises, by rules that keep the deciding words.

Polarity alone cannot separate a complaint from a question (text.md 3: five libraries call 25 to 69 % of questions
negative), so the intent is decided first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from analysis.text.words.phrases import PhraseFinder
from survey.study.lexicon import Lexicon

if TYPE_CHECKING:
    from analysis.text.sentiment.polarity import Polarity  # compiles its rules: 0.05 CPU s

INTENTS = {"complaint": "投诉", "suggestion": "建议", "question": "咨询", "praise": "表扬", "none": "其他"}
_ASKS = re.compile(
    r"(?:[吗呢]|\?|？)[\s。！!?？]*$|^(?:请问|咨询|想问|问一下|想知道|想了解)|(?:怎么办|多少钱|什么时候能?|何时能?|在哪里?)[\s?？]*$"
)
_ASKED = re.compile("[吗呢?？问询想怎钱候时哪里]")
"""One character of every alternative of `_ASKS`."""
_RHETORICAL = re.compile(
    r"难道|还有没有人|有没有人管|谁来管|能不能管|什么时候是个头|什么时候才|凭什么|还要多久|叫.{0,6}吗"
)
_STRONG = {"投诉", "举报", "曝光", "控诉", "求助", "忍无可忍", "受不了", "气愤", "强烈不满", "诈骗", "黑心", "欺骗"}
_OPENING = 6


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
        words: dict[str, list[str]] = {name: [] for name in INTENTS}
        opening = ""
        for found in self._finder.longest(text):
            name = self._intents.get(found.phrase)
            if name:
                words[name].append(found.phrase)
                opening = opening or (name if found.start <= _OPENING else "")
        name = self._decide(text, polarity, words, opening)
        evidence = words[name] or [each.phrase for each in polarity.evidence if name in {"complaint", "praise"}]
        return Intent(name, tuple(dict.fromkeys(evidence)))

    @staticmethod
    def _decide(text: str, polarity: Polarity, words: dict[str, list[str]], opening: str) -> str:
        if _ASKED.search(text) and (asked := _ASKS.search(text)):
            rhetorical = _RHETORICAL.search(text) or (words["complaint"] and polarity.label < 0)
            if not rhetorical:
                words["question"] = words["question"] or [asked.group()]
                return "question"
        if words["complaint"] and (opening == "complaint" or not _STRONG.isdisjoint(words["complaint"])):
            return "suggestion" if opening == "suggestion" else "complaint"
        if words["suggestion"] and (opening == "suggestion" or polarity.label >= 0):
            return "suggestion"
        if polarity.label < 0 or (words["complaint"] and polarity.label == 0):
            return "complaint"
        if polarity.label > 0 or words["praise"]:
            return "praise"
        return "suggestion" if words["suggestion"] else "none"
