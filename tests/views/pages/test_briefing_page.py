"""简报: the page shows what the documents say, for each role the kinds that it may read."""

from dataclasses import replace
from pathlib import Path

import pytest

from documents.forms import FORMS
from documents.html.render import article
from reports.briefing.build import build, source
from reports.briefing.issued import keep
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


def test_a_finished_file_is_checked_and_an_older_one_called_so(city: Path, run: Run) -> None:
    study = load_study(city)
    asked = Selection(mode="household")
    found = build(source(gather(study, asked), asked, quotes=True), Kind.BRIEF)[0]
    older = replace(found, facts=tuple((name, "1" if name == "version" else value) for name, value in found.facts))
    codes = [keep(city, one) for one in (found, older)]
    app = run(city, PAGE)
    app.file_uploader[0].set_value([("简报.html", FORMS["html"].render(found), "text/html")]).run()
    assert "与存底完全一致" in app.success[0].value
    changed = FORMS["html"].render(found).replace(codes[0].encode(), codes[0][::-1].encode())
    app.file_uploader[0].set_value([("简报.html", changed, "text/html")]).run()
    assert "存底为" in app.error[0].value
    listed = app.table[-1].value
    states = dict(zip(listed["核验码"].str.replace("\\", ""), listed["状态"], strict=True))
    assert set(codes) <= set(states)
    assert states[codes[1]].startswith("过期")
