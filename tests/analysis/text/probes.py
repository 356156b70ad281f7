"""Our own probe sentences under data/, written before the code."""

from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"
FOLDER = Path(__file__).parent
LABELS = {"+": 1, "-": -1, "0": 0}


def lines(name: str) -> Iterator[str]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def every_sentence() -> list[str]:
    """Return the sentences of all files with labels, and those about privacy."""
    rows = [line.split("\t") for path in sorted(DATA.glob("*.tsv")) for line in lines(path.name)]
    return list(dict.fromkeys(row[1] for row in rows if len(row) > 1))


def negation() -> list[tuple[int, str]]:
    """Return label and sentence."""
    pairs = (line.split("\t") for line in lines("negation.tsv"))
    return [(LABELS[label], text) for label, text in pairs]


def privacy() -> list[tuple[str, str, tuple[str, ...]]]:
    """Return kind ("-" for a hard negative), sentence, and what must not survive."""
    rows = (line.split("\t") for line in lines("privacy.tsv"))
    return [(kind, text, tuple(filter(None, secret.split("|")))) for kind, text, secret in rows]


def segmented() -> list[tuple[list[str], set[int]]]:
    """Return the words of a sentence, and which of them are civic terms."""
    rows = [line.split() for line in lines("segment.txt")]
    return [([word.lstrip("*") for word in row], {at for at, word in enumerate(row) if word[0] == "*"}) for row in rows]


def spans(words: list[str]) -> list[tuple[int, int]]:
    """Return the start and end of each word."""
    ends, at = [], 0
    for word in words:
        ends.append((at, at + len(word)))
        at += len(word)
    return ends
