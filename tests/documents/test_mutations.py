"""A thousand finished files with one changed digit each: every one is found, with its place."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Mapping

import pytest

from documents.compare import compare
from documents.forms import FORMS
from reports.briefing.model import Briefing, Kind
from tests.documents import pdf_digits

EACH = 200
PARTS = {
    "docx": r"word/document\.xml",
    "pptx": r"ppt/(slides/slide|charts/chart|notesSlides/notesSlide)\d+\.xml",
    "xlsx": r"xl/(sharedStrings|worksheets/sheet\d+|charts/chart\d+)\.xml",
    "html": "",
}
WORDS = {
    "docx": r"<w:t(?: [^>]*)?>([^<]*)<",
    "pptx": r"<(?:a:t|c:v)>([^<]*)<",
    "xlsx": r"<(?:t|v|c:v)(?: [^>]*)?>([^<]*)<",
    "html": r">([^<]*)<",
}
KINDS = {"docx": Kind.CIRCULAR, "pptx": Kind.DECK, "xlsx": Kind.BRIEF, "html": Kind.BRIEF}


def shared_cells(text: str) -> str:
    """Blank the numbers of shared texts: these are no digits of the sheet but places in the list of texts."""
    return re.sub(r'(<c [^>]*t="s"[^>]*><v>)(\d+)', lambda one: one.group(1) + "x" * len(one.group(2)), text)


def digits(parts: Mapping[str, str], pattern: str) -> list[tuple[str, int]]:
    found = []
    for name, text in parts.items():
        start = text.find("<body") if not name else 0
        for words in re.compile(pattern).finditer(shared_cells(text), start):
            found += [(name, words.start(1) + one.start()) for one in re.finditer(r"\d", words.group(1))]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", PARTS)
def test_every_changed_digit_is_found_with_its_place(pages: Mapping[Kind, Briefing], name: str) -> None:
    form, page = FORMS[name], pages[KINDS[name]]
    whole = form.render(page)
    expected = form.read(whole)
    parts = texts(whole, PARTS[name])
    places = digits(parts, WORDS[name])
    assert len(places) > 200
    draw = random.Random(7)
    missed = []
    for _ in range(EACH):
        part, at = draw.choice(places)
        text = parts[part]
        digit = draw.choice([one for one in "0123456789" if one != text[at]])
        changed = rewritten(whole, part, text[:at] + digit + text[at + 1 :])
        found = list(compare(expected, form.read(changed)))
        if not found or not all(one.place for one in found):
            missed.append((part, text[at - 40 : at + 10]))
    assert missed == []


@pytest.mark.slow
def test_every_changed_digit_of_a_pdf_is_found_with_its_page(pages: Mapping[Kind, Briefing]) -> None:
    form, draw, missed = FORMS["pdf"], random.Random(7), []
    whole = form.render(pages[Kind.CIRCULAR])
    expected, places = form.read(whole), pdf_digits.digits(whole)
    assert len(places) > 200
    for _ in range(EACH):
        one = draw.choice(places)
        value = draw.choice([digit for digit in one.codes if digit != one.value])
        found = list(compare(expected, form.read(pdf_digits.changed(whole, one, value))))
        if f"第 {one.page + 1} 页" not in "".join(each.place for each in found):
            missed.append(one)
    assert missed == []


def texts(content: bytes, pattern: str) -> dict[str, str]:
    if not pattern:
        return {"": content.decode()}
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name).decode() for name in archive.namelist() if re.fullmatch(pattern, name)}


def rewritten(content: bytes, part: str, text: str) -> bytes:
    if not part:
        return text.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.infolist():
            new.writestr(one.filename, text.encode() if one.filename == part else old.read(one.filename))
    return out.getvalue()
