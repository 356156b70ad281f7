"""Every form: the same bytes on repeat, valid, all numbers read back, and a changed digit found with its place."""

from __future__ import annotations

import errno
import io
import random
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import typst
from openxml_audit import OpenXmlValidator
from power_pptx import Presentation
from pypdf import PdfReader

from documents import delivery
from documents.code_picture import alternative, fields
from documents.delivery import deliver, file_name
from documents.forms import FORMS, form_of
from documents.pdf import compiler
from documents.verify import check
from reports.briefing.blocks import Actions, Paragraph
from reports.briefing.issued import issued, keep
from reports.briefing.model import Briefing, Kind
from reports.briefing.record import code, from_json, to_json
from reports.sentences.sentence import Name, say
from survey.errors import ArgumentError, SiluError

OFFICE = tuple(name for name in FORMS if name in ("docx", "xlsx", "pptx"))
TEXT = {
    "docx": "word/document.xml",
    "pptx": "ppt/slides/slide1.xml",
    "xlsx": "xl/sharedStrings.xml",
    "html": "",
}
MUTATIONS = 3


@pytest.mark.parametrize("name", FORMS)
def test_the_same_content_gives_the_same_bytes(page: Briefing, name: str) -> None:
    assert FORMS[name].render(page) == FORMS[name].render(page)


@pytest.mark.parametrize("name", OFFICE)
def test_no_validator_error(pages: Mapping[Kind, Briefing], name: str, tmp_path: Path) -> None:
    for kind in (Kind.BRIEF, Kind.CIRCULAR, Kind.NOTICE, Kind.DECK):
        path = tmp_path / f"{kind.name}{FORMS[name].suffix}"
        path.write_bytes(FORMS[name].render(pages[kind]))
        assert [str(one) for one in OpenXmlValidator().validate(path).errors] == []


@pytest.mark.parametrize("name", FORMS)
def test_every_number_of_the_content_is_read_back(pages: Mapping[Kind, Briefing], name: str) -> None:
    for page in pages.values():
        said = squeezed("".join(text for _, text in FORMS[name].read(FORMS[name].render(page))))
        assert code(page) in said
        assert squeezed(page.title.text) in said
        assert [text for text in words_of(page) if squeezed(text) not in said] == []


def test_the_code_stands_on_every_page_as_a_picture_too(pages: Mapping[Kind, Briefing]) -> None:
    deck, words = pages[Kind.DECK], alternative(code(pages[Kind.DECK])).text
    slides = Presentation(io.BytesIO(FORMS["pptx"].render(deck))).slides
    drawn = [[one for one in slide.shapes if one.alt_text == words] for slide in slides]
    assert [len(shapes) for shapes in drawn] == [1] * len(slides)
    paths = [[(int(one.get("x")), int(one.get("y"))) for one in shapes[0]._element.iter("{*}pt")] for shapes in drawn]
    dark = {(x, at) for at, row in enumerate(fields(code(deck))) for x, field in enumerate(row) if field}
    for path in paths:
        corners = zip(path[::4], path[2::4], strict=True)
        assert {(x, top) for (left, top), (right, _) in corners for x in range(left, right)} == dark
    book = zipfile.ZipFile(io.BytesIO(FORMS["xlsx"].render(deck)))
    sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    drawings = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/drawings/drawing")]
    assert [words in drawing for drawing in drawings] == [True] * len(sheets)
    pack = zipfile.ZipFile(io.BytesIO(FORMS["docx"].render(pages[Kind.BRIEF])))
    feet = [pack.read(name).decode() for name in pack.namelist() if name.startswith("word/footer")]
    assert [alternative(code(pages[Kind.BRIEF])).text in foot for foot in feet] == [True]


def squeezed(text: str) -> str:
    """Return words without blanks, breaks and signs that a cell writes as breaks: lines break anywhere."""
    return re.sub("[\\s、（）]", "", text)


def words_of(page: Briefing) -> list[str]:
    """Return the words of every paragraph, cell and action."""
    blocks = [block for block in page.blocks if isinstance(block, Paragraph)]
    runs = [run for block in blocks for run in block.text]
    runs += [run for table in page.tables for row in table.rows for cell in row for run in cell]
    tasks = [one for block in page.blocks if isinstance(block, Actions) for one in block.rows]
    return [run.text.text for run in runs] + [part.text for one in tasks for part in (one.task, one.owner, one.due)]


@pytest.mark.parametrize("name", TEXT)
def test_a_changed_digit_is_found_with_its_place(page: Briefing, name: str, tmp_path: Path) -> None:
    keep(tmp_path, page)
    whole, draw = FORMS[name].render(page), random.Random(1)
    assert check(tmp_path, f"page.{name}", whole).differences == ()
    digits = _digits(whole, TEXT[name])
    for at in draw.sample(digits, MUTATIONS):
        found = check(tmp_path, f"page.{name}", _changed(whole, TEXT[name], at))
        assert found.record is not None
        assert found.differences
        assert all(one.place for one in found.differences)
        assert any(one.issued != one.found for one in found.differences)


def _digits(content: bytes, part: str) -> list[int]:
    """Return where digits stand in the words of a part."""
    text = zipfile.ZipFile(io.BytesIO(content)).read(part).decode() if part else content.decode()
    text = text[text.index("<body") :].rjust(len(text)) if not part else text
    pattern = r"<(?:w:|a:|)t(?: [^>]*)?>([^<]*)<" if part else r">([^<]*)<"
    return [
        words.start(1) + digit.start()
        for words in re.finditer(pattern, text)
        for digit in re.finditer(r"\d", words.group(1))
    ]


def _changed(content: bytes, part: str, at: int) -> bytes:
    if not part:
        text = content.decode()
        return (text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.infolist():
            text = old.read(one.filename)
            if one.filename == part:
                words = text.decode()
                text = (words[:at] + str((int(words[at]) + 1) % 10) + words[at + 1 :]).encode()
            new.writestr(one.filename, text)
    return out.getvalue()


def test_a_document_is_delivered_whole_and_its_record_kept(page: Briefing, city: Path, tmp_path: Path) -> None:
    paths = list(deliver(city, page, [FORMS["docx"]], tmp_path / "out"))
    assert [path.name for path in paths] == [file_name(page, FORMS["docx"])]
    assert code(page) in [one.code for one in issued(city)]
    assert code(page) in (city / "log" / "audit.jsonl").read_text(encoding="utf-8")


def test_a_full_disk_is_named_and_no_file_is_left(
    page: Briefing, city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(delivery, "_fill", full)
    with pytest.raises(SiluError, match="磁盘满了，文件没有写成"):
        list(deliver(city, page, [FORMS["html"]], tmp_path / "out"))
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("name", ["pdf", "png"])
def test_missing_fonts_are_named_with_the_way_to_get_them(
    page: Briefing, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiler, "fonts", lambda: typst.Fonts(include_system_fonts=False))
    with pytest.raises(ArgumentError, match="电脑上没有中文字体") as raised:
        FORMS[name].render(page)
    assert "Noto Serif CJK SC" in str(raised.value)
    assert "fonts-noto-cjk" in str(raised.value)


def test_a_sign_without_a_font_is_named(page: Briefing) -> None:
    rare = replace(page, title=say("{name}", name=Name("𱍊")))
    with pytest.raises(ArgumentError, match="字体里没有这个字") as raised:
        FORMS["pdf"].render(rare)
    assert "𱍊" in str(raised.value)


def test_a_damaged_record_no_longer_counts(page: Briefing, tmp_path: Path) -> None:
    path = tmp_path / "briefings" / f"{keep(tmp_path, page)}.json"
    path.write_text(path.read_text(encoding="utf-8").replace("达标", "薄弱", 1), encoding="utf-8")
    assert issued(tmp_path) == ()


def test_a_file_that_is_no_document_is_refused_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="文件打不开"):
        check(tmp_path, "page.docx", b"no archive")
    with pytest.raises(ArgumentError, match="没有这种格式"):
        form_of("page.exe")


def test_a_pdf_can_be_archived_and_read_aloud(pages: Mapping[Kind, Briefing]) -> None:
    for kind in (Kind.BRIEF, Kind.PROFILE):
        content = FORMS["pdf"].render(pages[kind])
        assert b"pdfaid:part" in content  # typst writes the marks only where its own checks of PDF/A and PDF/UA passed
        assert b"pdfuaid:part" in content
        assert len(PdfReader(io.BytesIO(content)).pages) == 1


def test_another_number_is_another_pdf(pages: Mapping[Kind, Briefing], tmp_path: Path) -> None:
    page = pages[Kind.BRIEF]
    keep(tmp_path, page)
    other = from_json(re.sub(r'"number":\[0\.\d+\]', '"number":[0.123]', to_json(page), count=1))
    found = check(tmp_path, "page.pdf", FORMS["pdf"].render(page))
    assert found.record is not None
    assert found.differences == ()
    changed = check(tmp_path, "page.pdf", FORMS["pdf"].render(other))
    assert changed.differences
    assert changed.differences[0].place.startswith("第")
