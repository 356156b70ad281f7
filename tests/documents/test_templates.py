"""Templates of organisations: starters have no fault, each fault is named with its place, documents follow them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.shared import Mm
from openxml_audit import OpenXmlValidator
from power_pptx import Presentation
from power_pptx.oxml import parse_xml
from power_pptx.oxml.ns import nsdecls
from power_pptx.util import Inches

from documents.compare import differences
from documents.forms import FORMS
from documents.templates.check import check, templated
from documents.templates.starter import starter
from reports.briefing.model import Briefing, Kind
from reports.briefing.record import code
from survey.errors import ArgumentError

DECK, PAGE = "m.pptx", "m.docx"


def deck(change: Callable[[Any], object]) -> bytes:
    """Return our starter deck after a change."""
    found = Presentation(io.BytesIO(starter(DECK)))
    change(found)
    return saved(found)


def page(change: Callable[[Any], object]) -> bytes:
    """Return our starter document after a change."""
    found = Document(io.BytesIO(starter(PAGE)))
    change(found)
    return saved(found)


def saved(found: Any) -> bytes:
    out = io.BytesIO()
    found.save(out)
    return out.getvalue()


def without(name: str) -> Callable[[Any], object]:
    """Remove a placeholder of the layout."""

    def change(found: Any) -> None:
        shape = next(one for one in found.slide_layouts[0].placeholders if one.text_frame.text == f"{{{name}}}")
        shape._element.getparent().remove(shape._element)

    return change


def worded(words: str) -> Callable[[Any], object]:
    """Add a text box with words to the layout."""

    def change(found: Any) -> None:
        found.slide_layouts[0].shapes._spTree.append(parse_xml(BOX.replace("{words}", words)))

    return change


BOX = (
    f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="90" name="单位"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
    '<p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="300000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
    "</a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:p><a:r><a:t>{words}</a:t></a:r></a:p></p:txBody></p:sp>"
)


def resized(found: Any) -> None:
    found.slide_width, found.slide_height = Inches(10), Inches(7.5)


def small(found: Any) -> None:
    shape = next(one for one in found.slide_layouts[0].placeholders if one.text_frame.text == "{内容}")
    shape.width = Inches(4)


def line(words: str) -> Callable[[Any], object]:
    return lambda found: found.add_paragraph(words)


def replaced(old: str, new: str) -> Callable[[Any], object]:
    """Change the words of a paragraph."""

    def change(found: Any) -> None:
        paragraph = next(one for one in found.paragraphs if one.text == old)
        for run in paragraph.runs[1:]:
            run._element.getparent().remove(run._element)
        paragraph.runs[0].text = new

    return change


def letter(found: Any) -> None:
    found.sections[0].page_width = Mm(216)


FAULTS: Mapping[str, tuple[str, Callable[[], bytes], str]] = {
    "missing title": (DECK, lambda: deck(without("标题")), "缺少占位符“标题”"),
    "missing source": (DECK, lambda: deck(without("来源")), "版式“四率页”：缺少占位符“来源”"),
    "unknown in a box": (DECK, lambda: deck(worded("{抬头}")), "“单位”第 1 段第 1 个字：没有“抬头”这个占位符"),
    "number": (DECK, lambda: deck(worded("电话 88001234")), "“单位”第 1 段第 4 个字：数字“88001234”没有声明"),
    "old screen": (DECK, lambda: deck(resized), "不是宽屏"),
    "small area": (DECK, lambda: deck(small), "容不了图和表"),
    "broken": (DECK, lambda: starter(DECK)[:4000], "已损坏"),
    "a document by name": (DECK, lambda: starter(PAGE), "里面不是 .pptx 的内容"),
    "password": (PAGE, lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "加了密码"),
    "macros": (PAGE, lambda: with_part(starter(PAGE), "word/vbaProject.bin", b"x"), "模板带宏"),
    "entities": (PAGE, lambda: with_part(starter(PAGE), "word/x.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]>"), "实体"),
    "a part that is no XML": (PAGE, lambda: with_part(starter(PAGE), "word/document.xml", b"<a"), "读不出来"),
    "missing body": (PAGE, lambda: page(replaced("{正文}", "")), "缺少占位符“正文”"),
    "body twice": (PAGE, lambda: page(line("{正文}")), "有几处"),
    "body among words": (PAGE, lambda: page(replaced("{正文}", "以下：{正文}")), "要单独占一段"),
    "unknown": (PAGE, lambda: page(line("{主 题}")), "第 14 段第 1 个字：没有“主 题”这个占位符"),
    "open brace": (PAGE, lambda: page(line("见{标题")), "第 14 段第 2 个字：花括号“{”没有配对"),
    "a rate": (PAGE, lambda: page(line("满意率81.4%")), "第 14 段第 4 个字：数字“81.4%”没有声明"),
    "other paper": (PAGE, lambda: page(letter), "不是竖放的 A4"),
}  # fmt: skip


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.infolist():
            if one.filename != name:
                new.writestr(one.filename, old.read(one.filename))
        new.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize("name", [DECK, PAGE])
def test_a_starter_has_no_fault(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(starter(name))
    assert check(name, starter(name)) == ()
    assert OpenXmlValidator().validate(path).errors == []


@pytest.mark.parametrize("case", FAULTS)
def test_each_fault_is_named_with_its_place(case: str, tmp_path: Path) -> None:
    name, make, expected = FAULTS[case]
    content = make()
    assert [str(one) for one in check(name, content) if expected in str(one)], [
        str(one) for one in check(name, content)
    ]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ArgumentError, match="模板不能用"):
        templated(tmp_path / name)


@pytest.mark.parametrize("name", ["a.pptm", "a.docm", "a.potx", "a.doc", "a.txt"])
def test_other_files_are_refused_with_a_remedy(name: str) -> None:
    with pytest.raises(ArgumentError, match="模板"):
        check(name, b"")


def test_slides_follow_the_master(pages: Mapping[Kind, Briefing], tmp_path: Path) -> None:
    path = tmp_path / DECK
    path.write_bytes(deck(worded("某市创建办 {声明:88001234}")))
    form = templated(path)
    content = form.render(pages[Kind.DECK])
    assert form.render(pages[Kind.DECK]) == content
    made = Presentation(io.BytesIO(content))
    assert [one.text_frame.text for one in made.slide_layouts[0].shapes if one.name == "单位"] == [
        "某市创建办 88001234"
    ]
    assert differences(FORMS["pptx"], pages[Kind.DECK], content) == ()
    path.write_bytes(content)
    assert OpenXmlValidator().validate(path).errors == []


def test_a_document_follows_the_template_and_can_be_checked(pages: Mapping[Kind, Briefing], tmp_path: Path) -> None:
    path = tmp_path / PAGE
    path.write_bytes(page(lambda found: found.sections[0].header.paragraphs[0].add_run("抄报 {标题}")))
    content = templated(path).render(pages[Kind.CIRCULAR])
    made = Document(io.BytesIO(content))
    assert made.sections[0].header.paragraphs[0].text == f"抄报 {pages[Kind.CIRCULAR].title.text}"
    assert code(pages[Kind.CIRCULAR]) in "".join(one.text for one in made.paragraphs)
    assert "{" not in "".join(one.text for one in made.paragraphs)
    assert differences(FORMS["docx"], pages[Kind.CIRCULAR], content) == ()
    path.write_bytes(content)
    assert OpenXmlValidator().validate(path).errors == []
