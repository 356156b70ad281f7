"""Where lines must not break: within a day, between a number and its unit, and before the last characters of a text.

Office programs break Chinese lines between any two characters. A narrow no-break space, set in the smallest type so
that it has no width, keeps two of them together. LibreOffice breaks all the same in Chinese text, for which it has
rules of its own; marked as English it keeps those of Unicode. typst takes the same pattern and needs no sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

JOINER, SIZE, LANGUAGE = "\u202f", 1, "en-US"
"""The sign that joins, its size in points, and the language of what is joined."""
WHOLE = re.compile(
    "[+−]?[0-9]+(\\.[0-9]+)?%?至[+−]?[0-9]+(\\.[0-9]+)?%?|([0-9]+年)?[0-9]+月([0-9]+日)?前?"
    "|[0-9]+(\\.[0-9]+)?(%|个百分点|万?[人名份项天个日层]|万)|n=[0-9]+"
)
"""Intervals, days, and numbers with their units."""
LASTLY = re.compile(f"{WHOLE.pattern}|[\u4e00-\u9fff]{{2}}(?=[。；，）”]*$)", re.MULTILINE)
"""The same, and the last two Chinese characters of a line: one alone never stands on a line of its own."""
BETWEEN = re.compile("(?<=.)(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])(?=.)")
"""Where a line may break within them: beside a Chinese character."""


def segments(text: str, *, last: bool = False) -> list[tuple[str, ...]]:
    """Return a text in order: what may break as one piece, what must not as the pieces between which joiners stand.

    Args:
        text: words; each line break in them begins a new text.
        last: whether the text ends here, so that its last characters stay together.
    """
    found, at = list[tuple[str, ...]](), 0
    for match in (LASTLY if last else WHOLE).finditer(text):
        pieces = tuple(BETWEEN.sub(JOINER, match.group()).split(JOINER))
        found += [(text[at : match.start()],)] if match.start() > at else []
        found.append(pieces)
        at = match.end()
    return [*found, (text[at:],)] if text[at:] or not found else found


def pieces(text: str, *, last: bool = False) -> Iterator[tuple[str, bool, bool]]:
    """Yield a text in order, piece by piece: the words, whether they are a joiner, whether they must not break.

    Args:
        text: as of `segments`.
        last: as of `segments`.
    """
    for first, *rest in segments(text, last=last):
        yield first, False, bool(rest)
        for piece in rest:
            yield JOINER, True, True
            yield piece, False, True


def plain(text: str) -> str:
    """Return a text without joiners."""
    return text.replace(JOINER, "")
