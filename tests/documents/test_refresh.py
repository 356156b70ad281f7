"""A refresh of an edited deck or document: twenty edits stay, every number and the code are new, the file is valid."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.shared import Pt as DocxPt
from openxml_audit import OpenXmlValidator
from power_pptx import Presentation
from power_pptx.dml.color import RGBColor
from power_pptx.util import Inches, Pt

from documents.code_picture import picture
from documents.compare import OUTSIDE, differences
from documents.forms import FORMS
from documents.refresh.refresh import record_of, refreshed
from documents.regions import region
from reports.briefing.issued import keep
from reports.briefing.model import Briefing, Kind
from reports.briefing.record import code, from_json, to_json
from survey.errors import ArgumentError

RED = RGBColor(0xAA, 0, 0)
NUMBER = re.compile(r'"number":\[(0\.\d+)')
CITY, DISTRICTS, TODO = "city", "districts", "actions"
Edit = tuple[Callable[[Any], object], Callable[[Any], bool]]


def newer(page: Briefing) -> Briefing:
    """Return the same document of another wave: other rates, and what was confirmed low is watched."""
    text = NUMBER.sub(lambda one: f'"number":[{float(one.group(1)) * 0.97:.6f}', to_json(page))
    return from_json(text.replace('"verdict":"确认薄弱"', '"verdict":"观察"'))


def shape(deck: Any, *parts: str) -> Any:
    """Return the first shape whose region holds these parts."""
    return next(
        one for slide in deck.slides for one in slide.shapes if all(part in one.name.split(":") for part in parts)
    )


def chart(deck: Any) -> Any:
    return shape(deck, DISTRICTS, "chart").chart


def table(deck: Any) -> Any:
    return next(one for slide in deck.slides for one in slide.shapes if one.has_table and "rows" not in one.name)


def slide_of(deck: Any, key: str) -> Any:
    return next(one for one in deck.slides for part in one.shapes if part.name == region(key, "标题"))


def move_table(deck: Any) -> None:
    table(deck).left, table(deck).top = Inches(1.5), Inches(2)


def resize_text(deck: Any) -> None:
    shape(deck, "value").width = Inches(3)


def move_chart(deck: Any) -> None:
    found = shape(deck, DISTRICTS, "chart")
    found.left, found.height = Inches(2), Inches(3)


def restyle_bar(deck: Any) -> None:
    at = calm(deck)
    chart(deck).plots[0].series[0].points[at].format.fill.solid()
    chart(deck).plots[0].series[0].points[at].format.fill.fore_color.rgb = RED


def calm(deck: Any) -> int:
    """Return a bar whose verdict stays the same: the last one."""
    return len(list(chart(deck).plots[0].categories)) - 1


def title_chart(deck: Any) -> None:
    chart(deck).has_title = True
    chart(deck).chart_title.text_frame.text = "我们的图名"


def add_slide(deck: Any) -> None:
    made = deck.slides.add_slide(deck.slide_layouts[0])
    made.shapes.title.text_frame.text = "我们加的一页 12345"


def first(deck: Any) -> None:
    order = deck.slides._sldIdLst
    order.insert(0, order[-1])


def add_text(deck: Any) -> None:
    deck.slides[-1].shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame.text = "人写的字 66.6"


def add_picture(deck: Any) -> None:
    deck.slides[-1].shapes.add_picture(io.BytesIO(picture("AAAA")), 0, 0).name = "校徽"


def title_type(deck: Any) -> None:
    run = shape(deck, DISTRICTS, "标题").text_frame.paragraphs[0].runs[0]
    run.font.size, run.font.color.rgb = Pt(20), RED


def fill_cell(deck: Any) -> None:
    table(deck).table.cell(0, 0).fill.solid()
    table(deck).table.cell(0, 0).fill.fore_color.rgb = RED


def widen(deck: Any) -> None:
    table(deck).table.columns[0].width = Inches(3.21)


def heighten(deck: Any) -> None:
    table(deck).table.rows[0].height = Inches(0.77)


def italic(deck: Any) -> None:
    table(deck).table.cell(1, 0).text_frame.paragraphs[0].runs[0].font.italic = True


def remove(deck: Any) -> None:
    found = shape(deck, "line0")
    found._element.getparent().remove(found._element)


def note(deck: Any) -> None:
    frame = slide_of(deck, DISTRICTS).notes_slide.notes_text_frame
    frame.add_paragraph().text = "讲的时候先说青苇"


def hide(deck: Any) -> None:
    slide_of(deck, DISTRICTS)._element.set("show", "0")


def back(deck: Any) -> None:
    fill = slide_of(deck, CITY).background.fill
    fill.solid()
    fill.fore_color.rgb = RED


def rewrite_outside(deck: Any) -> None:
    deck.core_properties.keywords = "内部"


def has(found: Any, words: str) -> bool:
    return any(one.has_text_frame and one.text_frame.text == words for slide in found.slides for one in slide.shapes)


def legend(deck: Any) -> None:
    chart(deck).has_legend = True


EDITS: Mapping[str, Edit] = {
    "moved table": (move_table, lambda deck: (table(deck).left, table(deck).top) == (Inches(1.5), Inches(2))),
    "resized text": (resize_text, lambda deck: shape(deck, "value").width == Inches(3)),
    "moved chart": (move_chart, lambda deck: shape(deck, DISTRICTS, "chart").left == Inches(2)),
    "resized chart": (lambda deck: None, lambda deck: shape(deck, DISTRICTS, "chart").height == Inches(3)),
    "legend": (legend, lambda deck: chart(deck).has_legend),
    "title of the chart": (title_chart, lambda deck: chart(deck).chart_title.text_frame.text == "我们的图名"),
    "bar": (
        restyle_bar,
        lambda deck: chart(deck).plots[0].series[0].points[calm(deck)].format.fill.fore_color.rgb == RED,
    ),
    "added slide": (add_slide, lambda deck: has(deck, "我们加的一页 12345")),
    "reordered slides": (first, lambda deck: deck.slides[0].shapes.title.text_frame.text == "我们加的一页 12345"),
    "added text": (add_text, lambda deck: has(deck, "人写的字 66.6")),
    "added picture": (add_picture, lambda deck: any(one.name == "校徽" for one in deck.slides[-1].shapes)),
    "type of a title": (
        title_type,
        lambda deck: shape(deck, DISTRICTS, "标题").text_frame.paragraphs[0].runs[0].font.size == Pt(20),
    ),
    "cell": (fill_cell, lambda deck: table(deck).table.cell(0, 0).fill.fore_color.rgb == RED),
    "column": (widen, lambda deck: table(deck).table.columns[0].width == Inches(3.21)),
    "row": (heighten, lambda deck: table(deck).table.rows[0].height == Inches(0.77)),
    "italic": (italic, lambda deck: table(deck).table.cell(1, 0).text_frame.paragraphs[0].runs[0].font.italic),
    "deleted region": (remove, lambda deck: not any("line0" in one.name and "city0" in one.name
                                                    for slide in deck.slides for one in slide.shapes)),
    "notes": (note, lambda deck: slide_of(deck, DISTRICTS).notes_slide.notes_text_frame.text.endswith("先说青苇")),
    "hidden slide": (hide, lambda deck: slide_of(deck, DISTRICTS)._element.get("show") == "0"),
    "background": (back, lambda deck: slide_of(deck, CITY).background.fill.fore_color.rgb == RED),
    "properties": (rewrite_outside, lambda deck: deck.core_properties.keywords == "内部"),
}  # fmt: skip


def edited(content: bytes) -> bytes:
    deck = Presentation(io.BytesIO(content))
    for edit, _ in EDITS.values():
        edit(deck)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def test_twenty_edits_of_a_deck_stay_and_every_number_is_new(pages: Mapping[Kind, Briefing], tmp_path: Path) -> None:
    old = pages[Kind.DECK]
    new = newer(old)
    changed = edited(FORMS["pptx"].render(old))
    found = refreshed("a.pptx", changed, old, new)
    deck = Presentation(io.BytesIO(found.content))
    assert {name: bool(check(deck)) for name, (_, check) in EDITS.items()} == dict.fromkeys(EDITS, True)
    assert len(EDITS) >= 20
    assert [line for line in found.lines if "没有恢复" in line and "line0" in line]
    left = [one for one in differences(FORMS["pptx"], new, found.content) if not one.place.startswith(OUTSIDE)]
    assert [one for one in left if one.found and "备注" not in one.place] == []
    assert len([one for one in left if not one.found]) == 1  # the region that was deleted
    said = "".join(text for _, text in FORMS["pptx"].read(found.content))
    assert code(new) in said
    assert code(old) not in said
    path = tmp_path / "a.pptx"
    path.write_bytes(found.content)
    assert [str(one) for one in OpenXmlValidator().validate(path).errors] == []
    assert refreshed("a.pptx", changed, old, new).content == found.content


def test_a_document_keeps_what_people_wrote(pages: Mapping[Kind, Briefing], tmp_path: Path) -> None:
    old = pages[Kind.CIRCULAR]
    new = newer(old)
    document = Document(io.BytesIO(FORMS["docx"].render(old)))
    start = next(one for one in document.paragraphs if "总体情况" in one.text)
    start.insert_paragraph_before("办公室补充的一段 55.5")
    start.runs[0].font.size = DocxPt(20)
    document.tables[0].columns[0].width = document.tables[0].columns[0].width + 1000
    out = io.BytesIO()
    document.save(out)
    found = refreshed("a.docx", out.getvalue(), old, new)
    again = Document(io.BytesIO(found.content))
    texts = [one.text for one in again.paragraphs]
    assert "办公室补充的一段 55.5" in texts
    assert next(one for one in again.paragraphs if "总体情况" in one.text).runs[0].font.size == DocxPt(20)
    said = "".join(text for _, text in FORMS["docx"].read(found.content))
    assert code(new) in said
    assert code(old) not in said
    left = differences(FORMS["docx"], new, found.content)
    assert [one.found for one in left] == ["办公室补充的一段 55.5"]
    assert left[0].place.startswith(OUTSIDE)
    path = tmp_path / "a.docx"
    path.write_bytes(found.content)
    assert [str(one) for one in OpenXmlValidator().validate(path).errors] == []


def test_a_file_without_a_record_is_refused(pages: Mapping[Kind, Briefing], tmp_path: Path) -> None:
    content = FORMS["pptx"].render(pages[Kind.DECK])
    with pytest.raises(ArgumentError, match="没有这份文件的存底"):
        record_of(tmp_path, "a.pptx", content)
    keep(tmp_path, pages[Kind.DECK])
    assert record_of(tmp_path, "a.pptx", content).code == code(pages[Kind.DECK])
    with pytest.raises(ArgumentError, match="文件打不开"):
        record_of(tmp_path, "a.pptx", content[:100])
    with pytest.raises(ArgumentError, match="不能更新"):
        record_of(tmp_path, "a.pdf", b"")
