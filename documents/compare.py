"""Compare what a file says with what its record says: region by region where a form has them, else piece by piece."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from documents.forms import Form, Said
from documents.regions import plain_name, region
from reports.briefing.model import Briefing

NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
PAGE = re.compile("[0-9]+ / [0-9]+|— [0-9]+ —")
BEFORE, AFTER = 12, 8
"""Characters shown around a difference."""
OUTSIDE = "（生成区以外）"
TITLE = region("doc", "标题")
"""Region of documents that were made with a template."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A piece of text that is not as it was issued: its place, what it said and what it says now ("" for nothing)."""

    place: str
    issued: str
    found: str

    @property
    def excerpts(self) -> tuple[str, str]:
        """Return both texts around the first sign that differs."""
        signs = enumerate(zip(self.issued, self.found, strict=False))
        at = next((at for at, (old, new) in signs if old != new), min(len(self.issued), len(self.found)))
        start, end = max(0, at - BEFORE), at + AFTER
        return self.issued[start:end], self.found[start:end]


def differences(form: Form, expected: Briefing, content: bytes) -> tuple[Difference, ...]:
    """Return where a file differs from a record.

    A deck or a document that people edited is compared region by region, wherever they moved it; what else they wrote
    is named as outside. A document made with a template is compared in its regions only.

    Args:
        form: the form of the file.
        expected: the record.
        content: the file.
    """
    if form.suffix == ".png":
        return _picture(form, expected, content)
    if not form.editable:
        return tuple(compare(form.read(form.render(expected)), form.read(content)))
    found = form.parts(content)
    templated = any(name == TITLE for name, _, _ in found)
    issued = _grouped(form.parts(_made(form, expected, templated=templated)))
    said = _grouped(found)
    return tuple(_regions(issued, said, templated=templated))


def _picture(form: Form, expected: Briefing, content: bytes) -> tuple[Difference, ...]:
    """Compare a picture with the page and with each chart of a record; it is the one that it is closest to."""
    from documents.png.render import charts

    found = form.read(content)
    made = (form.render(expected), *charts(expected).values())
    return min((tuple(compare(form.read(one), found)) for one in made), key=len)


def _made(form: Form, expected: Briefing, *, templated: bool) -> bytes:
    if not templated:
        return form.render(expected)
    from documents.docx.starter import own_template

    return form.using(own_template()).render(expected)


def _grouped(parts: Sequence[tuple[str, str, str]]) -> dict[str, list[Said]]:
    groups: dict[str, list[Said]] = {}
    for name, where, text in parts:
        groups.setdefault(name, []).append((where, text))
    return groups


def _regions(issued: dict[str, list[Said]], said: dict[str, list[Said]], *, templated: bool) -> Iterator[Difference]:
    for name, pieces in said.items():
        if name:
            yield from compare(issued.get(plain_name(name), []), pieces)
    for name, pieces in issued.items():
        if name and name not in said and not templated:
            yield from compare(pieces, [])
    if not templated:
        for one in compare(issued.get("", []), said.get("", [])):
            yield Difference(OUTSIDE + one.place, one.issued, one.found)


def compare(expected: Sequence[Said], found: Sequence[Said]) -> Iterator[Difference]:
    """Yield the pieces of text that differ."""
    texts = [text for _, text in expected], [text for _, text in found]
    for kind, low, high, start, end in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for at in range(max(high - low, end - start)):
            old = expected[low + at] if low + at < high else ("", "")
            new = found[start + at] if start + at < end else ("", "")
            yield Difference(new[0] or old[0], old[1], new[1])


def said_otherwise(
    found: Sequence[Difference], expected: Sequence[Said], said: Sequence[Said]
) -> tuple[Difference, ...]:
    """Return the differences that are no matter of layout, where another program cut and placed the pieces of text.

    A difference counts if what the file says stands nowhere in the record. Numbers that were exchanged count too, where
    the file has one more often than the record and another less often. Numbers of pages do not.

    Args:
        found: the differences, piece by piece.
        expected: what the record says as it is laid out today.
        said: what the file says.
    """
    record = "".join(_bare(text) for _, text in expected)
    own = [one for one in found if not PAGE.fullmatch(one.found.strip())]
    some = [one for one in own if _bare(one.found) not in record]
    ours, theirs = map(_numbers, (expected, said))
    if not some and ours - theirs and theirs - ours:
        some = [one for one in own if set(NUMBER.findall(one.found)) & set(theirs - ours)] or own
    return tuple(some)


def _numbers(texts: Sequence[Said]) -> Counter[str]:
    """Return how often each number is said, without those of pages."""
    kept = (text for _, text in texts if not PAGE.fullmatch(text.strip()))
    return Counter(number for text in kept for number in NUMBER.findall(text))


def _bare(text: str) -> str:
    return "".join(text.split())
