"""Alphabet: the characters a word may hold, for both engines, as the inside of a regular expression's brackets."""

from __future__ import annotations

SIGNS = r"+#&._%\-"
RARE = (
    "\u3400-\u4dbf\u9fd6-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f\U0002b820-\U0002ceaf\U0002ceb0-\U0002ebef"
    "\U0002f800-\U0002fa1f"
)
"""Han characters that jieba's model of unknown words does not know."""
HAN = rf"\u4e00-\u9fd5{RARE}a-zA-Z0-9{SIGNS}"
