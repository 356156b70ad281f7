"""Files of another program version are checked by what they say; their hash says whether they are as issued."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from power_pptx import Presentation

from documents.delivery import hashes, record
from documents.forms import FORMS
from documents.pptx import render
from documents.verify import check, lines
from reports.briefing.blocks import NOTHING
from reports.briefing.model import Briefing, Kind

FORM = FORMS["pptx"]


@pytest.fixture
def older(pages: Mapping[Kind, Briefing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Return a deck as an earlier program laid it out, without a cover, after it was issued."""
    page = pages[Kind.DECK]
    with monkeypatch.context() as patch:
        patch.setattr(render, "NONE", (*render.NONE, Kind.DECK))
        content = FORM.render(page)
    record(tmp_path, page, hashes([(FORM, content)]))
    return content


def saved(content: bytes, number: str = "") -> bytes:
    deck: Any = Presentation(io.BytesIO(content))
    deck.core_properties.keywords = "存过一次"
    runs = [run for slide in deck.slides for shape in slide.shapes if shape.has_text_frame
            for paragraph in shape.text_frame.paragraphs for run in paragraph.runs]  # fmt: skip
    if number:
        one = next(run for run in runs if number in run.text)
        one.text = one.text.replace(number, str(int(number[0]) % 9 + 1) + number[1:])
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def test_a_record_without_a_name_still_has_a_cover(pages: Mapping[Kind, Briefing]) -> None:
    page = pages[Kind.DECK]
    nameless = replace(page, head=replace(page.head, red=NOTHING))
    deck: Any = Presentation(io.BytesIO(FORM.render(nameless)))
    assert next(iter(deck.slides)).placeholders[0].text_frame.text.startswith(page.title.text[:4])


def test_a_file_of_an_earlier_program_is_as_issued_by_its_hash(older: bytes, tmp_path: Path) -> None:
    assert FORM.render(check(tmp_path, "a.pptx", older).record.briefing) != older  # type: ignore[union-attr]
    found = check(tmp_path, "a.pptx", older)
    assert (found.untouched, found.older, found.differences) == (True, False, ())
    assert "逐字节一致" in "".join(lines(found))


def test_saved_again_only_its_layout_differs(older: bytes, tmp_path: Path) -> None:
    found = check(tmp_path, "a.pptx", saved(older))
    assert (found.untouched, found.older, found.differences) == (False, True, ())
    assert "只有版式不同" in "".join(lines(found))


def test_a_changed_digit_is_still_found(older: bytes, pages: Mapping[Kind, Briefing], tmp_path: Path) -> None:
    value = next(one.value for chart in pages[Kind.DECK].charts for one in chart.points if one.value is not None)
    found = check(tmp_path, "a.pptx", saved(older, str(value)))
    assert [str(value) in one.issued and str(value) not in one.found for one in found.differences] == [True]


def test_a_file_of_this_program_is_compared_piece_by_piece(pages: Mapping[Kind, Briefing], tmp_path: Path) -> None:
    content = FORM.render(pages[Kind.DECK])
    record(tmp_path, pages[Kind.DECK], hashes([(FORM, content)]))
    found = check(tmp_path, "a.pptx", saved(content))
    assert (found.untouched, found.older, found.differences) == (False, False, ())
