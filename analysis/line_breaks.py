"""Break Chinese text into lines: widths in em, marks that may not begin a line, numbers kept whole."""

from __future__ import annotations

CLOSING = "，。、；：）”%"
BREAKS = "，。、；：）·"


def width(text: str) -> float:
    """Return the width of a line in em: a Chinese character or mark is 1, a Latin letter or digit a bit over half."""
    return sum(0.56 if sign.isascii() else 1.0 for sign in text)


def wrap(text: str, limit: float) -> tuple[str, ...]:
    """Break a text into lines of at most `limit` em.

    A line ends after a mark where there is one in its last third, else anywhere but inside a number or a word of
    Latin letters, and never before a closing mark.
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line.strip() and width(line + piece) > limit and piece[0] not in CLOSING:
            cut = _after_mark(line, limit)
            lines.append(line[:cut].strip())
            line = line[cut:].lstrip() + piece
        else:
            line += piece
    return tuple([*lines, line.strip()] if line.strip() else lines)


def _after_mark(line: str, limit: float) -> int:
    """Return where to cut a full line: after the last mark of its last third, else at its end."""
    for at in range(len(line), 0, -1):
        if width(line[:at]) < limit * 2 / 3:
            break
        if line[at - 1] in BREAKS:
            return at
    return len(line)


def _pieces(text: str) -> list[str]:
    """Split a text into single Chinese characters and runs of Latin letters, digits and their marks."""
    pieces: list[str] = []
    for sign in text:
        latin = sign.isascii() and not sign.isspace()
        if latin and pieces and pieces[-1][-1].isascii() and not pieces[-1][-1].isspace():
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces
