"""Intent: whether an answer complains, suggests, asks or praises, by rules that keep the deciding words.

Polarity alone cannot separate a complaint from a question (text.md 3: five libraries call 25 to 69 % of questions
negative), so the intent is decided first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from analysis.text.sentiment.tones import Ints, Polarity
from analysis.text.words.phrases import Found, PhraseFinder
from analysis.text.words.signs import Signs
from survey.study.lexicon import Lexicon

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
_NAMES = ("", *INTENTS)
"""Intents by place; the first is none."""
_BIT = {name: 1 << at for at, name in enumerate(INTENTS)}
"""The place of each intent in a number that says which ones a text has words of."""
_FORCE = 1 << len(INTENTS)
"""The place of strong words of complaint."""


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
        named = [lexicon.intents.get(phrase, "") for phrase in self._finder.phrases]
        self._place = np.array([_NAMES.index(name) for name in named], dtype=np.int64)
        self._means = np.array(
            [
                _BIT.get(name, 0) | (_FORCE if phrase in _STRONG and name == "complaint" else 0)
                for phrase, name in zip(self._finder.phrases, named, strict=True)
            ],
            dtype=np.int64,
        )

    def __call__(self, text: str, polarity: Polarity) -> Intent:
        """Judge one normalised text whose polarity is known."""
        words, opening = self._said(self._finder.longest(text))
        if asked := _asked(text, polarity.label, bool(words["complaint"])):
            words["question"] = words["question"] or [asked]
        name = "question" if asked else _decide(polarity.label, _bits(words), opening)
        evidence = words[name] or [each.phrase for each in polarity.evidence if name in {"complaint", "praise"}]
        return Intent(name, tuple(dict.fromkeys(evidence)))

    def names(self, texts: Sequence[str], labels: Sequence[int]) -> list[str]:
        """Return the names of the intents of normalised texts, given the labels of their polarity."""
        words, opens = self._noted(texts)
        names = list(map(_decide, labels, words.tolist(), map(_NAMES.__getitem__, opens.tolist())))
        for at in np.flatnonzero(_ASKING(texts)).tolist():
            if _asked(texts[at], labels[at], bool(words[at] & _BIT["complaint"])):
                names[at] = "question"
        return names

    def _noted(self, texts: Sequence[str]) -> tuple[Ints, Ints]:
        """Return which intents each text has words of, as `_bits`, and the place in `_NAMES` of that it opens with."""
        text, start, phrase = self._finder.longest_of(texts)
        words, opens = np.zeros(len(texts), dtype=np.int64), np.zeros(len(texts), dtype=np.int64)
        np.bitwise_or.at(words, text, self._means[phrase])
        early = np.flatnonzero((start <= _OPENING) & (self._means[phrase] > 0))[::-1]
        opens[text[early]] = self._place[phrase[early]]  # of each text the first one stays
        return words, opens

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


def _bits(words: Mapping[str, Sequence[str]]) -> int:
    """Return which intents there are words of, and whether a complaint has a strong one."""
    named = sum(_BIT[name] for name, own in words.items() if own)
    return named if _STRONG.isdisjoint(words["complaint"]) else named | _FORCE


def _asked(text: str, label: int, complains: bool) -> str:
    """Return the words by which a text asks, "" where it does not or the question is rhetorical."""
    found = _ASKS.search(text)
    return "" if not found or _RHETORICAL.search(text) or (complains and label < 0) else found.group()


@cache
def _decide(label: int, intents: int, opening: str) -> str:
    """Return the intent of a text that does not ask, by the words that it has and the intent with which it opens."""
    complaint, suggestion, praise = (intents & _BIT[name] for name in ("complaint", "suggestion", "praise"))
    if complaint and (opening == "complaint" or intents & _FORCE):
        return "suggestion" if opening == "suggestion" else "complaint"
    if suggestion and (opening == "suggestion" or label >= 0):
        return "suggestion"
    if label < 0 or (complaint and label == 0):
        return "complaint"
    if label > 0 or praise:
        return "praise"
    return "suggestion" if suggestion else "none"
