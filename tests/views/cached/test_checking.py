"""A large wave is shown before its answers are checked, and says so until they are."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reports.fieldwork import deriving
from reports.fieldwork.area_lights import UNCHECKED
from reports.fieldwork.deriving import derive, rounds
from reports.voices import reading
from reports.voices.open_answers import open_questions
from reports.voices.reading import is_read
from survey.study.study import load_study
from tests.views.page_words import Run, page_text
from views.cached import checking
from views.cached.checking import Checks
from views.panels.documents import PACK
from views.shell.shelf import Shelf
from views.visitor.session import STUDY_VARIABLE, load

VOICES, QUALITY = "views/pages/voices.py", "views/pages/quality.py"
CROSSTAB, BRIEFING = "views/pages/crosstab.py", "views/pages/briefing.py"


@pytest.fixture
def own(city: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(city, tmp_path / "city", ignore=shutil.ignore_patterns("lights")))


def endless(monkeypatch: pytest.MonkeyPatch, code: int | None = None) -> None:
    """Replace the process by one that never ends, or has ended with a code."""
    monkeypatch.setattr(checking, "_start", lambda _: SimpleNamespace(poll=lambda: code))


def test_the_page_comes_first_and_the_mark_later(own: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    endless(monkeypatch)
    monkeypatch.setattr(checking, "LARGE", 0)
    early = page_text(run(own))
    assert "真实性检查还在算" in early
    assert UNCHECKED in early
    assert "没有发现真实性问题" not in early
    derive(load_study(own))
    late = page_text(run(own))
    assert "真实性检查还在算" not in late
    assert UNCHECKED not in late


def test_the_quality_page_shows_weights_first_and_lights_and_decisions_later(
    own: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless(monkeypatch)
    for module in (checking, deriving):
        monkeypatch.setattr(module, "LARGE", 0)
    early = page_text(run(own, QUALITY))
    assert UNCHECKED in early
    assert "加权效率" in early
    assert "还没有剔除过任何答卷" not in early
    derive(load_study(own))
    late = page_text(run(own, QUALITY))
    assert "红灯只表示应请独立人员复访" in late
    assert "还没有剔除过任何答卷" in late
    assert UNCHECKED not in late


DECIDING = ("ledger", "outreach", "briefing")
WAITING = "真实性检查还在做"


def test_pages_of_decisions_wait_for_the_checks_and_the_server_makes_none(
    own: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless(monkeypatch)
    monkeypatch.setattr(checking, "LARGE", 0)
    early = {name: page_text(run(own, f"views/pages/{name}.py")) for name in DECIDING}
    assert all(WAITING in text for text in early.values())
    assert not list((own / "store").glob("lights/*.json"))
    assert [one.proto.disabled for one in run(own).get("download_button") if one.proto.label == PACK] == [True]
    derive(load_study(own))
    late = {name: page_text(run(own, f"views/pages/{name}.py")) for name in DECIDING}
    assert not [name for name, text in late.items() if WAITING in text]
    assert "台账" in late["ledger"]
    assert [one.proto.disabled for one in run(own).get("download_button") if one.proto.label == PACK] == [False]


def test_a_crosstab_by_area_waits_for_the_checks_and_others_do_not(
    own: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless(monkeypatch)
    monkeypatch.setattr(checking, "LARGE", 0)
    app = run(own, CROSSTAB)
    app.multiselect(key="crosstab.rows").set_value(["A1"])
    app.multiselect(key="crosstab.heads").set_value(["district"]).run()
    assert WAITING in page_text(app)
    assert "青苇区" not in page_text(app)
    app.multiselect(key="crosstab.heads").set_value(["sex"]).run()
    assert WAITING not in page_text(app)


def test_documents_wait_for_the_texts_that_they_quote(own: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    endless(monkeypatch)
    derive(load_study(own))
    monkeypatch.setattr(reading, "LARGE", 0)
    shutil.rmtree(own / "store" / "textcache", ignore_errors=True)
    assert "市民留言还在读，读完后本页自动打开" in page_text(run(own, BRIEFING))
    assert not (own / "store" / "textcache").exists()
    endless(monkeypatch, 1)  # the process has failed: the page reads them itself
    monkeypatch.setattr(checking, "_CHECKS", Shelf(4))
    assert "市民留言还在读" not in page_text(run(own, BRIEFING))


def test_texts_of_a_small_study_are_read_apart_once(own: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STUDY_VARIABLE, str(own))
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(checking, "_start", lambda _, *options: started.append(options))
    loaded = load()
    size = loaded.fieldwork["n"].sum()
    for least in (size + 1, size):
        monkeypatch.setattr(checking, "READ_FROM", least)
        checking.read_texts_apart(loaded)
    assert started == [("--texts",)]
    assert derive(loaded.study).texts == 0
    assert derive(loaded.study, texts=True).texts == len(open_questions(loaded.study))
    checking.read_texts_apart(loaded)
    assert len(started) == 1


def test_comments_are_read_by_a_process_and_the_page_says_so(
    own: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless(monkeypatch)
    monkeypatch.setattr(reading, "LARGE", 0)
    shutil.rmtree(own / "store" / "textcache", ignore_errors=True)
    assert "市民留言还在读" in page_text(run(own, VOICES))
    assert not (own / "store" / "textcache").exists()  # nobody waited for the texts
    study = load_study(own)
    derive(study)
    assert not (own / "store" / "textcache").exists()  # nobody wrote
    read = page_text(run(own, VOICES))
    assert "市民留言还在读" not in read
    assert "没有人答开放题" in read
    item = next(iter(open_questions(study)))
    assert is_read(study, item, next(rounds(study)).version)
    (own / "lexicon").mkdir()
    (own / "lexicon" / "words.txt").write_text("澄岚新词\t9\n", encoding="utf-8")
    assert not is_read(study, item, next(rounds(study)).version)


def test_a_process_that_ended_without_result_leaves_the_work_to_pages(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = load_study(own)
    for code, waves in ((None, {"W1", "W2"}), (2, set())):
        endless(monkeypatch, code)
        assert Checks(study, tuple(rounds(study))).waves("household") == waves
    monkeypatch.setattr(checking, "_start", lambda _: None)
    assert Checks(study, tuple(rounds(study))).waves("household") == frozenset()


def test_the_process_is_the_command(own: Path) -> None:
    study = load_study(own)
    process: Any = checking._start(study)
    assert process.wait(120) == 0
    assert Checks(study, ()).waves("household") == frozenset()
    assert len(list((own / "store" / "lights").glob("*.json"))) == len(list(rounds(study)))


def test_a_server_that_stops_ends_its_process(own: Path) -> None:
    process: Any = checking._start(load_study(own))
    checking.stop_checks()
    assert process.wait(30) != 0
