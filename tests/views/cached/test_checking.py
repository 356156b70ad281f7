"""A large wave is shown before its answers are checked, and says so until they are."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reports.fieldwork.area_lights import UNCHECKED
from reports.fieldwork.deriving import derive, rounds
from survey.study.study import load_study
from tests.views.page_words import Run, page_text
from views.cached import checking
from views.cached.checking import Checks


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
