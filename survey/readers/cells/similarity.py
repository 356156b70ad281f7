"""Similarity of two Chinese labels, designed to abstain rather than to guess.

A replaced word or an additional negation outweighs many shared characters; an added or dropped function word
counts little.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from survey.readers.cells.keys import simplified_key, without_numbering

# Words that can be added to or dropped from a heading without changing its meaning.
FILLERS = re.compile(
    r"是否|请问|请您|您觉得|您认为|我们|我市|本市|我县|本县|目前|现在|正在|开展|进行|工作|情况|以下|下列|一下|"
    r"[您你请吗呢吧的了着过在我是和与及对]"
)
YES_OR_NO = re.compile(r"有没有|是不是|能不能|会不会|(.)不\1|(..)不\2|(.)没\3")
NEGATIONS = re.compile(r"不|没|未|无|非(?!常)|别(?!人)|勿|拒")
DEGREES = re.compile(r"非常|十分|特别|完全|比较|基本|有点|有些|不太|不大|很|挺|较|极|最|太|还|更|少|多|几乎|从")
DIGITS = re.compile(r"\d+")
MARKS = re.compile(r"[^\w]+|_")
CLASH, EXTRA = 2.0, 0.4
NEGATED = 0.3


@lru_cache(maxsize=20_000)
def core(text: str) -> str:
    """Return the content words in simplified characters, without number, hints, punctuation and filler words."""
    bare = MARKS.sub("", simplified_key(without_numbering(text)))
    plain = FILLERS.sub("", YES_OR_NO.sub(lambda found: found.group(1) or found.group(2) or found.group(3) or "", bare))
    return plain or bare


@lru_cache(maxsize=200_000)
def likeness(one: str, other: str) -> float:
    """Return the similarity of two headings or titles, from 0 (nothing in common) to 1 (the same words).

    The score is matched / (matched + 2 replaced + 0.4 added or dropped), in characters of the cores, times 0.3 where
    the digits or the numbers of negations differ.
    """
    left, right = core(one), core(other)
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    matched, clash, extra = 0, 0, 0
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            matched += b - a
        else:
            clash += min(b - a, d - c)
            extra += abs((b - a) - (d - c))
    score = matched / (matched + CLASH * clash + EXTRA * extra) if matched else 0.0
    return score if _same_sign(left, right) else NEGATED * score


def answer_likeness(one: str, other: str) -> float:
    """Return the similarity of two option labels, where an adverb of degree changes the meaning: 满意 is not 很满意."""
    left, right = simplified_key(one), simplified_key(other)
    if sorted(DEGREES.findall(left)) != sorted(DEGREES.findall(right)):
        return 0.0
    score = likeness(one, other)
    # short labels may differ in a single character, so they must match exactly
    return score if min(len(left), len(right)) > 2 or score == 1.0 else 0.0


def _same_sign(left: str, right: str) -> bool:
    return len(NEGATIONS.findall(left)) == len(NEGATIONS.findall(right)) and DIGITS.findall(left) == DIGITS.findall(
        right
    )
