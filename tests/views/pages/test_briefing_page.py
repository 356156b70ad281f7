"""简报: the page shows what the documents say, for each role the kinds that it may read."""

from pathlib import Path

import pytest

from documents.html.render import article
from reports.briefing.build import build, source
from reports.briefing.model import Kind
from reports.sample import gather
from reports.selection import Selection
from survey.host import access
from survey.study.study import load_study
from tests.views.page_words import Run

PAGE = "views/pages/briefing.py"


def test_the_page_shows_the_document_and_what_to_say(city: Path, run: Run) -> None:
    app = run(city, PAGE)
    asked = Selection(mode="household")
    found = build(source(gather(load_study(city), asked), asked, quotes=True), Kind.BRIEF)[0]
    shown = "".join(one.proto.body for one in app.get("html"))
    assert article(found) in shown
    assert [one.value for one in app.code] == [text.text for text in found.spoken]
    assert {one.proto.label for one in app.get("download_button")} >= {"Word 文档", "网页（一个文件）"}


def test_leaders_are_not_offered_what_the_ledger_holds(city: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.VARIABLE, "leader")
    app = run(city, PAGE)
    assert not app.exception
    kinds = next(box for box in app.selectbox if box.label == "材料")
    assert "简报" in kinds.options
    assert "督办单" not in kinds.options
