"""Keys for matching labels and headings: texts that name the same option or heading have the same key.

Keys drop what converters and copying add (width, blanks, case, numbering, hints, inserted readings). They are only
compared, never stored: the raw cell is always kept.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

_TONED = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ"
_INSERTED = re.compile(
    rf"(?<=[\u3400-\u9fff])[(（]\s*[a-zü{_TONED}]*[{_TONED}][a-zü{_TONED}]*\d?\s*[)）]", re.IGNORECASE
)
# Traces of UTF-8 opened and saved as GBK, or the reverse.
_LOST = ("\ufffd", "锟斤拷", "烫烫烫", "屯屯屯", "ï»¿", "鐨勩", "闂嵎", "銆傘", "锛屾", "锛岃")
_WESTERN = re.compile(
    "[\u00c0-\u00ff][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{2}.?[\u00c0-\u00ff]"
)
_AS_GBK = frozenset("浣鐨勬槸涓銆鍦锛鏂犲娌鍨鍐绔涔灏鎴鏈鍙璺鐗鎬闂闅瀹濂杞鍥鍧鍋鏃鎰弧忓绀惧尯")
GARBLED_HINT = "[\u00c0-\u00ff\ufffd锟烫屯" + "".join(sorted(_AS_GBK)) + "]"
"""Regular expression that every garbled text matches; a fast pre-filter for whole columns."""
_DENSE = 0.25
_HINT = re.compile(r"[(\[【（][^()\[\]【】（）]{0,16}(?:选|填|必答|题型|单位)[^()\[\]【】（）]{0,16}[)\]】）]")
_NUMBER = re.compile(
    r"^(?:第?\s*[a-z]{0,2}\d{1,3}(?:\.\d{1,2})?\s*题?\s*[、.:：)）_-]+|第\s*\d{1,3}\s*题)\s*", re.IGNORECASE
)


def without_pinyin(text: str) -> str:
    """Return the text without pinyin inserted by a converter: 擴(kuò)大 -> 擴大."""
    return _INSERTED.sub("", text)


def without_numbering(text: str) -> str:
    """Return a heading without its number (`3、`, `Q3.`, `第3题`) and its hints (`（单选）`, `【必答】`)."""
    return _HINT.sub("", _NUMBER.sub("", text.strip()))


def is_garbled(text: str) -> bool:
    """Return whether a text bears traces of a wrong encoding, which genuine answers practically never do."""
    if any(mark in text for mark in _LOST) or _WESTERN.search(text):
        return True
    odd = sum(character in _AS_GBK for character in text)
    return odd >= 3 and odd / max(len(text), 1) >= _DENSE


def folded(text: str) -> str:
    """Return the text in NFKC without inserted pinyin."""
    return without_pinyin(unicodedata.normalize("NFKC", text))


BLANKS = re.compile(r"[\s\u200b\ufeff]+")
TAIL = "?:;,.!*。、"


def key(text: str) -> str:
    """Return the text in NFKC, case-folded, without blanks (U+3000 and zero width included). Idempotent."""
    folded = BLANKS.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return folded if folded == text else key(folded)


@lru_cache(maxsize=4096)  # all readers try the same headings
def heading_key(text: str) -> str:
    """Return the key of a heading or title, without final punctuation and the asterisk of required questions."""
    return key(text).strip(TAIL)


def simplified_key(text: str) -> str:
    """Return the key in simplified characters (滿 -> 满), without inserted pinyin."""
    folded = key(without_pinyin(text)).encode("utf-8", "replace").decode()  # a lone surrogate cannot be converted
    return str(_converter().convert(folded))


@cache
def _converter() -> Any:
    # Loaded only when a value has no match: loading the dictionaries takes longer than coding a small file.
    from opencc import OpenCC

    return OpenCC("t2s")
