"""Segmentation of Chinese: two engines with one dictionary and equal results, and the words of a study."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from analysis.text.words import rjieba_engine
from survey.errors import StudyError
from survey.study.settings import AUTO, JIEBA, RJIEBA

FORCED = 20_000
"""Frequency at which an added word beats any split of it (terms kept whole: .964, with jieba's own choice .945)."""


class Cuts(NamedTuple):
    """The words of texts, and a line break after each text; where each ends in the texts joined by line breaks."""

    words: list[str]
    ends: npt.NDArray[np.int64]


class Engine(Protocol):
    """A segmentation engine; every instance has its own dictionary."""

    def add(self, word: str, frequency: int) -> None:
        """Add a word, or change the frequency of a known one."""
        ...

    def knows(self, word: str) -> bool:
        """Return whether a word is in the dictionary."""
        ...

    def cut(self, text: str) -> list[str]:
        """Return the words of a text in order; joined again they give the text."""
        ...

    def cut_all(self, texts: Sequence[str]) -> list[str]:
        """Return the words of texts without line breaks, and a line break after each text."""
        ...


class Segmenter:
    """Segments texts with the stock dictionary of jieba and the words of a study.

    Args:
        words: word -> frequency; 0 chooses one that keeps the word whole.
        engine: a value of `survey.study.settings.ENGINES`; all engines return the same words.

    Raises:
        StudyError: the engine is not installed.
    """

    def __init__(self, words: Mapping[str, int] | None = None, *, engine: str = AUTO) -> None:
        """Load the stock dictionary, then the words given."""
        self._engine = _ENGINES[resolve(engine)]()
        self.cut = self._engine.cut
        for word, frequency in (words or {}).items():
            self._engine.add(word, frequency or FORCED)

    def knows(self, word: str) -> bool:
        """Return whether a word is in the dictionary, stock or own."""
        return self._engine.knows(word)

    def cut_all(self, texts: Sequence[str]) -> Cuts:
        """Return the words of texts without line breaks."""
        words = self._engine.cut_all(texts)
        return Cuts(words, np.cumsum(np.fromiter(map(len, words), dtype=np.int64, count=len(words))))

    def cut_for_search(self, text: str) -> list[str]:
        """Return the words of a text, each after the shorter dictionary words inside it; for models only."""
        return [part for word in self.cut(text) for part in (*self._inside(word), word)]

    def _inside(self, word: str) -> list[str]:
        """Return the dictionary words of two, then of three characters inside a longer word."""
        found = [word[at : at + size] for size in (2, 3) if len(word) > size for at in range(len(word) - size + 1)]
        return [part for part in found if self._engine.knows(part)]


def resolve(engine: str) -> str:
    """Return the engine for a setting: `auto` is rjieba where it is installed, and jieba elsewhere.

    Raises:
        StudyError: the engine is not installed.
    """
    if engine == JIEBA or _installed():
        return RJIEBA if engine == AUTO else engine
    if engine == AUTO:
        return JIEBA
    cure = 'study.toml 里 [text] 的 segmenter 改成 "auto" 或 "jieba"，分词结果相同，只是慢一些'
    raise StudyError("这台电脑没有安装 rjieba，不能用它分词", where="study.toml [text] segmenter", cure=cure)


def _installed() -> bool:
    """Return whether rjieba is installed and fits this machine."""
    try:
        rjieba_engine.load()
    except ImportError:
        return False
    return True


def _jieba() -> Engine:
    from analysis.text.words.jieba_engine import JiebaEngine  # imports jieba: 0.2 CPU s

    return JiebaEngine()


_ENGINES: Mapping[str, Callable[[], Engine]] = {JIEBA: _jieba, RJIEBA: rjieba_engine.RjiebaEngine}


_NUMERAL = "零〇一二两三四五六七八九十百千万亿几半数多"
_CLASSIFIER = (
    "个|位|名|条|次|只|张|件|家|种|座|辆|套|间|棵|块|片|栋|幢|本|部|场|份|届|项|年|月|日|号|天|小时|分钟|秒|岁|元|公里|米|吨|层|楼|级|倍|度|"
    "句|首|对|双|群|批|排|组|所|台|架|艘|支|枝|颗|根|把|道|门|篇|页|章|节|代|世纪|人"
)
_COUNTED = re.compile(rf"([第]?[{_NUMERAL}]+)({_CLASSIFIER})")
_OPENERS = frozenset(f"第{_NUMERAL}这那每某各哪")
_POINTED = re.compile(rf"([这那每某各哪])({_CLASSIFIER})")


def fine(words: Iterable[str]) -> list[str]:
    """Split numerals and demonstratives from their measure words: 一个 -> 一 + 个, 这次 -> 这 + 次.

    This is the standard of Universal Dependencies; the engines keep such pairs as one word.
    """
    cut: list[str] = []
    for word in words:
        match = (
            (_COUNTED.fullmatch(word) or _POINTED.fullmatch(word)) if word[0] in _OPENERS and len(word) > 1 else None
        )
        cut.extend(match.groups() if match else (word,))
    return cut
