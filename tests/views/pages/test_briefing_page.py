"""简报: the page shows what the documents say, for each role the kinds that it may read."""

import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from documents.forms import FORMS
from documents.html.render import article
from documents.templates.starter import starter
from reports.briefing.build import build, source
from reports.briefing.issued import keep
from reports.briefing.life import note_issue
from reports.briefing.model import Briefing, Kind
from reports.briefing.record import code
from reports.sample import gather
from reports.selection import Selection
from survey.host import access
from survey.host.access import Role
from survey.host.person import Person, acting
from survey.study.study import load_study
from tests.views.page_words import Run, page_text, seen, title
from views.cached.batches import batches
from views.panels.issuing.template import OWN

PAGE = "views/pages/briefing.py"


@cache
def written(city: Path, kind: Kind) -> Briefing:
    asked = Selection(mode="household")
    return build(source(gather(load_study(city), asked), asked, quotes=True), kind)[0]


def test_the_page_shows_the_document_and_what_to_say(city: Path, run: Run) -> None:
    app = run(city, PAGE)
    found = written(city, Kind.BRIEF)
    shown = "".join(one.proto.body for one in app.get("html"))
    assert article(found) in shown
    assert title(app) == found.title.text.replace("　", "，")
    assert "请下载领导材料报送" in shown
    assert shown.count(found.spoken[0].text) == 1  # the shortest stands above the document, the others beside it
    assert [one.value for one in app.code] == [text.text for text in found.spoken[1:]]
    assert "下载领导材料（一页简报和幻灯）" in {one.proto.label for one in app.get("download_button")}
    assert {one.proto.label for one in app.get("download_button")} >= {"Word 文档", "网页（一个文件）"}


def test_leaders_are_not_offered_what_the_ledger_holds(city: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.VARIABLE, "leader")
    app = run(city, PAGE)
    assert not app.exception
    kinds = next(box for box in app.selectbox if box.label == "材料")
    assert "简报" in kinds.options
    assert "督办单" not in kinds.options


def test_a_finished_file_is_checked_and_an_older_one_called_so(city: Path, run: Run) -> None:
    found = written(city, Kind.BRIEF)
    older = replace(found, facts=tuple((name, "1" if name == "version" else value) for name, value in found.facts))
    codes = [keep(city, one) for one in (found, older)]
    app = run(city, PAGE)
    app.file_uploader(key="brief.template").set_value([("母版.pptx", starter("a.pptx"), "")])
    app.file_uploader(key="brief.check").set_value([("简报.html", FORMS["html"].render(found), "text/html")]).run()
    assert {OWN.format(form="演示文稿"), "Word 文档"} <= labels(app)
    assert "与存底完全一致" in app.success[-1].value
    changed = FORMS["html"].render(found).replace(codes[0].encode(), codes[0][::-1].encode())
    app.file_uploader(key="brief.check").set_value([("简报.html", changed, "text/html")]).run()
    assert "存底为" in app.error[0].value
    states = states_in(app)
    assert set(codes) <= set(states)
    assert states[codes[1]].startswith("过期")


def test_a_template_with_faults_is_answered_with_their_places_and_a_sound_one_is_used() -> None:
    app = AppTest.from_function(chosen_forms)
    app.run()
    for name, content, said in (
        ("公文.docx", starter("a.docx")[:-200], "文件已损坏，打不开。重新从 PowerPoint、Word 或 WPS 里另存一份"),
        ("母版.pptx", starter("a.docx"), "里面不是 .pptx 的内容"),
        ("母版.pptx", b"", "文件已损坏"),
    ):
        app.file_uploader(key="brief.template").set_value([(name, content, "")]).run()
        assert not app.exception
        assert said in seen(app.error[0].value)
        assert app.code[0].value == "Word 文档"
    app.file_uploader(key="brief.template").set_value([("公文.docx", starter("a.docx"), "")]).run()
    assert not app.error
    assert "公文.docx 可以用" in seen(app.success[0].value)
    assert app.code[0].value == OWN.format(form="Word 文档") + "True"


def chosen_forms() -> None:
    """Show the form for documents that the panel of templates gives to the buttons."""
    import streamlit as st

    from views.panels.issuing import template

    form = template.forms()["docx"]
    st.code(form.label + ("True" if form.template else ""))


def labels(app: AppTest) -> set[str]:
    return {one.proto.label for one in app.get("download_button")}


def states_in(app: AppTest) -> dict[str, str]:
    listed = app.table[-1].value
    return dict(zip(listed["核验码"].str.replace("\\", ""), listed["状态"], strict=True))


def test_a_withdrawn_document_is_called_so_wherever_its_code_is_asked(city: Path, run: Run) -> None:
    page = written(city, Kind.CIRCULAR)
    note_issue(city, keep(city, page), {".docx": "00"})
    app = run(city, PAGE)
    app.selectbox(key="life.code").set_value(code(page)).run()
    app.button(key="life.do").click().run()
    assert "要写明原因" in page_text(app)
    app.text_input(key="life.why").set_value("印错了").run()
    app.button(key="life.do").click().run()
    assert states_in(app)[code(page)] == "已撤回"
    app.text_input(key="brief.code").set_value(code(page)[:6].lower()).run()
    assert "已撤回" in seen(app.warning[-1].value)
    assert "印错了" in seen(app.warning[-1].value)


def test_a_batch_is_made_behind_the_page_and_survives_a_rerun(city: Path, run: Run) -> None:
    app = run(city, PAGE)
    app.multiselect(key="batch.forms").set_value(["html"])
    app.button(key="batch.start").click().run()
    mine = batches().mine()
    assert mine is not None
    assert not app.exception
    for _ in range(600):
        if not mine.going:
            break
        time.sleep(0.1)
    app.run()
    assert "下载压缩包" in {one.proto.label for one in app.get("download_button")}
    assert mine.path is not None
    with acting(Person("li", "李", Role.ANALYST)):
        assert batches().mine() is None
    app.button(key="batch.again").click().run()
    assert batches().mine() is None
    assert not mine.path.exists()
