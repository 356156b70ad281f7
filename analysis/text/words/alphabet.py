"""Alphabet: the characters a word may hold, for both engines, and the scripts of texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

SIGNS = r"+#&._%\-"
RARE = (
    "\u3400-\u4dbf\u9fd6-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f\U0002b820-\U0002ceaf\U0002ceb0-\U0002ebef"
    "\U0002f800-\U0002fa1f"
)
"""Han characters that jieba's model of unknown words does not know."""
SCRIPTS = {"zh": "汉字", "latin": "拉丁字母", "uyghur": "维吾尔文", "tibetan": "藏文", "sign": "符号", "other": "其他"}
HAN = rf"\u4e00-\u9fd5{RARE}a-zA-Z0-9{SIGNS}"
"""The characters a word may hold, as the inside of a regular expression's brackets."""
_CHINESE = (0x3400, 0x9FFF)
_OTHERS = (
    ("uyghur", re.compile(r"[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff]")),
    ("tibetan", re.compile(r"[\u0f00-\u0fff]")),
    ("latin", re.compile(r"[A-Za-z]")),
)


def scripts_of(texts: Sequence[str]) -> list[str]:
    """Return the script of each text, a key of `SCRIPTS`: Chinese if it holds any, which one look at all shows."""
    if not texts:
        return []
    joined = "\n".join((*texts, ""))
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)], dtype=np.int64)[:-1]
    first, last = _CHINESE
    chinese = np.logical_or.reduceat((codes >= first) & (codes <= last), starts).tolist()
    return ["zh" if there else _other(text) for text, there in zip(texts, chinese, strict=True)]


def _other(text: str) -> str:
    """Return the script of a text without Chinese characters."""
    for name, pattern in _OTHERS:
        if pattern.search(text):
            return name
    return "other" if any(letter.isalpha() for letter in text) else "sign"
