"""Wording keys: two texts that mean the same option or heading have the same key. For matching only."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from survey.readers.cells.keys import without_pinyin

BLANKS = re.compile(r"[\s\u200b\ufeff]+")
TAIL = "?:;,.!*。、"


def key(text: str) -> str:
    """NFKC, no blanks (U+3000 and zero width included), case folded; the key of a key is itself."""
    folded = BLANKS.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return folded if folded == text else key(folded)


def heading_key(text: str) -> str:
    """The key of a heading or title, without closing punctuation and marks of required questions."""
    return key(text).strip(TAIL)


def simplified_key(text: str) -> str:
    """The key with traditional characters and variants made simplified (滿 -> 满), inserted readings dropped."""
    return str(_converter().convert(key(without_pinyin(text))))


@cache
def _converter() -> Any:
    # Loaded only when a value found no match: its dictionaries cost more than coding a whole small file.
    from opencc import OpenCC

    return OpenCC("t2s")
