"""jieba engine: pure Python, available everywhere, quiet and without files on disk.

Importing this module imports jieba (0.2 CPU s); `analysis.text.words.segment` does so only where the engine is used.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from analysis.text.words.alphabet import HAN

with warnings.catch_warnings():
    # jieba 0.42.1 has escapes that newer Python compilers warn about, and tries the deprecated pkg_resources first.
    warnings.simplefilter("ignore")
    import jieba

_PIECE = re.compile(rf"(?P<block>[{HAN}]+)|\r\n|.", re.DOTALL)


@cache
def _dictionary() -> tuple[dict[str, int], int]:
    """Return words and prefixes (0) of the stock dictionary with frequencies, and the sum; read once a process.

    The sum decides ties (零零零 is 零 + 零零 or 零零 + 零). jieba counts every line of the file (B超 has two) and every
    frequency that a word ever had; rjieba counts every word once, and so does this function.
    """
    with (Path(jieba.__file__).parent / jieba.DEFAULT_DICT_NAME).open("rb") as file:
        words, _ = jieba.Tokenizer.gen_pfdict(file)
    return words, sum(words.values())


class Tokenizer(jieba.Tokenizer):  # type: ignore[misc]
    """jieba's tokenizer with its own dictionary in memory.

    The original prints its progress to stderr, reads its dictionary from a cache in the temporary folder that anybody
    may have written, and accepts no word with a rare character (U+3400-4DBF, U+9FD6-9FFF, U+20000 and up).
    """

    def __init__(self) -> None:
        """Copy the stock dictionary."""
        super().__init__()
        words, self.total = _dictionary()
        self.FREQ, self.initialized = words.copy(), True

    def cut(self, sentence: str, cut_all: bool = False, HMM: bool = True, use_paddle: bool = False) -> Iterator[str]:
        """Yield the words of a text as the original does; its options have no effect here."""
        for piece in _PIECE.finditer(sentence):
            if block := piece["block"]:
                yield from self._Tokenizer__cut_DAG(block)
            else:
                yield piece[0]


class JiebaEngine:
    """A private instance of jieba."""

    def __init__(self) -> None:
        """Load the stock dictionary."""
        self._tokenizer = Tokenizer()

    def add(self, word: str, frequency: int) -> None:
        """Add a word, or change the frequency of a known one."""
        self._tokenizer.total -= self._tokenizer.FREQ.get(word, 0)
        self._tokenizer.add_word(word, frequency)

    def knows(self, word: str) -> bool:
        """Return whether a word is in the dictionary."""
        return bool(self._tokenizer.FREQ.get(word))

    def cut(self, text: str) -> list[str]:
        """Return the words of a text in order."""
        return list(self._tokenizer.cut(text))

    def cut_all(self, texts: Sequence[str]) -> list[str]:
        """Return the words of texts, and a line break after each text."""
        return [word for text in texts for word in (*self.cut(text), "\n")]
