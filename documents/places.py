"""Places within a file, in Chinese, for the report of what differs."""

from __future__ import annotations

from reports.sentences.sentence import Declared, say


def place(words: str, **numbers: int) -> str:
    """Return a place such as 第 2 张表第 3 行; numbers fill the slots of the words."""
    return say(words, **{name: Declared(str(number), "numbering") for name, number in numbers.items()}).text
