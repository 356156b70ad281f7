"""Lines of office documents do not break within a day or before a unit."""

from __future__ import annotations

import io
import re

from docx import Document

from documents.docx.read import read
from documents.forms import FORMS
from documents.joiners import JOINER, LANGUAGE, plain, segments
from reports.briefing.model import Briefing


def test_days_units_and_last_characters_stay_together() -> None:
    found = segments("方案12月4日前报，低10.0个百分点，2人整改。", last=True)
    kept = ["".join(one) for one in found if len(one) > 1]
    assert kept == ["12月4日前", "10.0个百分点", "2人", "整改"]
    assert "".join("".join(one) for one in found) == "方案12月4日前报，低10.0个百分点，2人整改。"
    assert segments("") == [("",)]


def test_a_document_keeps_its_days_whole_and_reads_as_it_is_written(page: Briefing) -> None:
    content = FORMS["docx"].render(page)
    runs = [run for paragraph in Document(io.BytesIO(content)).paragraphs for run in paragraph.runs]
    signs = [run for run in runs if run.text == JOINER]
    assert signs
    assert {run.font.size.pt for run in signs if run.font.size} == {1.0}
    assert {run._element.rPr.find("{*}lang").values()[0] for run in signs} == {LANGUAGE}
    said = [text for _, text in read(content)]
    assert not any(JOINER in one for one in said)
    written = "".join(run.text for run in runs)
    assert not re.search("[0-9]月[0-9]", written)
    assert re.search("[0-9]月[0-9]", plain(written))
