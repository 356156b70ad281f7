"""Normalise an answer for analysis; the raw answer is stored elsewhere and never changed."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from opencc import OpenCC

from analysis.text.words.signs import END

FLAGS = {
    "mojibake": "乱码已还原",
    "broken": "含无法还原的乱码",
    "traditional": "繁体已转简体",
    "pinyin": "夹注拼音已去除",
    "residue": "网址或网页残留已去除",
}
"""What was done to a text, by short code."""

# Chinese punctuation that NFKC would replace by its ASCII form.
_KEEP = frozenset("，！？；：（）…～￥“”‘’")
_PLAIN_SIGNS = " ，。！？；：、…～“”‘’"
"""Signs that folding leaves as they are."""
_URL = re.compile(r"(?:https?://|www\.)[^\s\u4e00-\u9fff，。；）]+", re.I)
_MARKUP = re.compile(r"<[/!]?[a-zA-Z][^<>]{0,200}>|&(?:nbsp|amp|lt|gt|quot|#\d{2,5});", re.I)
_RESIDUE = re.compile(
    r"(?:点击查看|查看全文|展开全文|阅读全文|收起全文|返回顶部|打印本页|关闭窗口|版权所有|javascript:\S*|"
    r"(?:责任编辑|来源|编辑)[:：]\s?[^\s，。]{1,12}$)",
    re.I,
)
_TRACES = re.compile(r"[<&(（\ufffd]|锟斤|烫烫|屯屯|://|www\.|全文|顶部|本页|窗口|版权|script:|编辑|来源", re.I)
_TRACED = re.compile(r"[<&(（\ufffd锟烫屯/.:全顶页窗权辑源]")
"""One character of every alternative of `_TRACES`: most texts have none of them."""
# One syllable in brackets after a character: 擴(kuò)大. With a tone mark any letters, else only a possible syllable.
_TONED = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ"
_SYLLABLE = r"(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:[aeiouüv]{1,3})(?:ng?|r)?"
_PINYIN = re.compile(
    rf"(?<=[\u3400-\u9fff])[(（](?:[a-zü{_TONED}]*[{_TONED}][a-zü{_TONED}]*|{_SYLLABLE})\d?[)）](?=[\u3400-\u9fff，。、]|$)"
)
_REPEATED = re.compile(r"([^\w\s])\1+|\s{2,}|[\t\r\n\v\f]")
_SIGNS = re.compile(r"\W\W|[\t\r\n\v\f]")
"""What every match of `_REPEATED` begins with."""
_CJK = re.compile(r"[\u4e00-\u9fff]")
# Letters that UTF-8 Chinese shows when it is decoded as Western text; characters it shows when decoded as GBK.
_WESTERN = re.compile(
    r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{3}"
)
# Characters of plain texts that UTF-8 decoded as GBK hardly ever shows.
_COMMON = re.compile(r"[的了是不在有人没这个大小好太要建希望路车市民区和上下都多少也就请管能城]")
_UTF8 = re.compile(rb"[\xe4-\xe9][\x80-\xbf]{2}")
_LOST = re.compile(r"锟斤拷|锟斤|\ufffd|烫烫烫|屯屯屯")
_MAX_REPAIR = 5_000
_LETTER, _SIGN, _BLANK, _EDGE, _OFTEN = (1 << bit for bit in range(5))
"""Kinds of characters: those that folding leaves as they are, signs, blanks, ends of texts, and common ones."""
_EMOJI = (0x1F300, 0x1FB00)
_LAST = _EMOJI[1]


class Normalised(NamedTuple):
    """The text for analysis and the codes of `FLAGS` that apply to it."""

    text: str
    flags: tuple[str, ...]


class Normaliser:
    """Folds characters one by one and caches each; private to its owner, not module state."""

    def __init__(self) -> None:
        """Load the table from traditional to simplified characters."""
        self._converter = OpenCC("t2s")
        self._folding = _Folding(self._converter)
        plain = _plain_characters(self._converter)
        emoji = "".join(
            chr(code) for code in range(*_EMOJI) if self._folding[code] == chr(code) and chr(code).isprintable()
        )
        self._folded = re.compile(f"[^{plain}{_PLAIN_SIGNS}{emoji}]")
        self._kinds = np.zeros(_LAST + 1, dtype=np.uint8)
        letters = re.sub(_TRACED, "", plain)
        for kind, characters in ((_LETTER, letters), (_SIGN, _PLAIN_SIGNS + emoji), (_BLANK, " "), (_EDGE, END)):
            self._kinds[list(map(ord, characters))] |= kind
        self._kinds[[ord(one) for one in letters if _COMMON.match(one)]] |= _OFTEN

    def keeps(self, raws: Sequence[str]) -> list[bool]:
        """Return which texts stay as they are, by a quick look: True of most texts, and only if nothing is done.

        They are plain letters, one of them a common one, with single plain signs between them or at the end.
        """
        if not raws:
            return []
        joined = END.join(("", *raws, ""))
        kinds = self._kinds[np.minimum(np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32), _LAST)]
        left, right = kinds[:-1], kinds[1:]
        spoilt = ((left & (_SIGN | _EDGE)) > 0) & ((right & (_SIGN | _EDGE)) > 0)
        spoilt &= ((right & _EDGE) == 0) | ((left & (_BLANK | _EDGE)) > 0)
        spoilt |= right == 0
        size = np.fromiter(map(len, raws), dtype=np.int64, count=len(raws))
        starts = np.cumsum(size + 1) - size - 1
        kept = (np.bitwise_or.reduceat(right, starts) & _OFTEN) > 0
        kept &= ~np.logical_or.reduceat(spoilt, starts) & (size <= _MAX_REPAIR)
        kept &= np.add.reduceat(right & _EDGE, starts, dtype=np.int64) == _EDGE
        found: list[bool] = kept.tolist()
        return found

    def __call__(self, raw: str) -> Normalised:
        """Fold width, script and blanks, repair what can be repaired, and drop what is not part of the answer.

        Works on any string, also with lone surrogates; never raises. Time is linear in the length.
        """
        flags: list[str] = []
        text = repair(raw, flags) if not raw.isascii() else raw
        folded = self._fold(text, flags) if self._folded.search(text) else text
        if _TRACED.search(folded) and _TRACES.search(folded):
            folded = _without(folded, flags)
        if _SIGNS.search(folded):
            folded = _REPEATED.sub(lambda match: match.group(1) or " ", folded)
        return Normalised(folded.strip(), tuple(flags))

    def _fold(self, text: str, flags: list[str]) -> str:
        """Fold width, script and blanks; note `traditional` in `flags`."""
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        folded = text.translate(self._folding)
        if self._folding.traditional.isdisjoint(folded):
            return folded
        flags.append("traditional")
        simple: str = self._converter.convert(folded)
        return simple


class _Folding(dict[int, str]):
    """Character -> its folded form, computed on first use."""

    def __init__(self, converter: OpenCC) -> None:
        super().__init__()
        self.traditional: set[str] = set()
        self._converter = converter

    def __missing__(self, code: int) -> str:
        folded = self[code] = self._fold(chr(code))
        return folded

    def _fold(self, character: str) -> str:
        if character in _KEEP:
            return character
        kind = unicodedata.category(character)
        if kind == "Cs":
            return "\ufffd"
        if kind in {"Cc", "Zl", "Zp"}:
            return " "
        if kind in {"Cf", "Co"} or "\ufe00" <= character <= "\ufe0f":
            return ""
        folded = unicodedata.normalize("NFKC", character)
        if "\u3400" <= folded <= "\ufaff" and self._converter.convert(folded) != folded:
            self.traditional.add(folded)
        return folded


def _plain_characters(converter: OpenCC) -> str:
    """Return characters that folding leaves as they are: letters, digits and Chinese characters."""
    han = [bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    simple = converter.convert("\n".join(han)).split("\n")
    letters = string.ascii_letters + string.digits
    return letters + "".join(one for one, other in zip(han, simple, strict=True) if one == other)


def repair(text: str, flags: list[str]) -> str:
    """Undo a wrong decoding where that gives clean Chinese; note `mojibake` in `flags`."""
    if len(text) > _MAX_REPAIR:
        return text
    if _WESTERN.search(text) and not _CJK.search(text):
        candidates = [(wrong, right) for wrong in ("cp1252", "latin-1") for right in ("utf-8", "gb18030")]
    elif _reads_as_gbk(text):
        candidates = [("gb18030", "utf-8")]
    else:
        return text
    for wrong, right in candidates:
        if better := _recode(text, wrong, right):
            flags.append("mojibake")
            return better
    flags.append("broken")
    return text


def _reads_as_gbk(text: str) -> bool:
    """Return whether the bytes behind the text are nearly all UTF-8 Chinese."""
    if len(text) < 4 or _COMMON.search(text):
        return False
    raw = text.replace("\ufffd", "").encode("gb18030", errors="ignore")
    return 3 * len(_UTF8.findall(raw)) >= 0.7 * len(raw)


def _recode(text: str, wrong: str, right: str) -> str | None:
    try:
        better = text.replace("\ufffd", "").encode(wrong).decode(right, errors="replace")
    except UnicodeEncodeError:
        return None
    # A lost byte spoils one character; a wrong guess spoils many.
    lost = better.count("\ufffd")
    return better if 2 * len(_CJK.findall(better)) >= len(better) and 4 * lost <= len(better) else None


def _without(text: str, flags: list[str]) -> str:
    """Drop replacement characters, web addresses, page residue and inserted pinyin, each noted in `flags`."""
    for flag, patterns in _DROPPED.items():
        plain = text
        for pattern in patterns:
            plain = pattern.sub("" if flag != "residue" else " ", plain)
        if plain != text and not (flag == "broken" and flags):
            flags.append(flag)
        text = plain
    return text


_DROPPED = {"broken": (_LOST,), "residue": (_URL, _MARKUP, _RESIDUE), "pinyin": (_PINYIN,)}
LONGEST_NOTHING = 16
_FILLER = re.compile(r"[\W_]+|(?:哦|呢|吧|啊|呀|了|的|哈|啦|嘛|谢谢|目前|暂时)$|^(?:暂时|目前|现在|我|本人|反正|真的)")


def is_nonanswer(text: str, nonanswers: frozenset[str]) -> bool:
    """Return whether a normalised text has no content: empty, only signs, or listed (无, 没有, 暂无, -)."""
    if len(text) > LONGEST_NOTHING:
        return False
    core = re.sub(r"[\W_]+", "", text).lower()
    if not core:
        return not _has_emoji(text)
    while core not in nonanswers:
        shorter = _FILLER.sub("", core)
        if shorter in {core, ""}:
            return core.isdigit() or (len(core) > 1 and len(set(core)) == 1)
        core = shorter
    return True


class NonAnswers:
    """The answers without content of a lexicon."""

    def __init__(self, listed: frozenset[str]) -> None:
        """Find the characters of which an answer without content may consist."""
        within = "".join(sorted(set("".join(listed)).union(_FILLER.pattern)))
        content = rf"[^\x00-\u4dff\ua000-\U0010ffff{re.escape(within)}]"
        self._listed = listed
        self._content = re.compile(rf"({content})(?!\1){content}")

    def __contains__(self, text: str) -> bool:
        """Return `is_nonanswer`, in most cases by two different characters that no such answer has."""
        return len(text) <= LONGEST_NOTHING and not self._content.search(text) and is_nonanswer(text, self._listed)


def _has_emoji(text: str) -> bool:
    return any(unicodedata.category(character) == "So" for character in text)
