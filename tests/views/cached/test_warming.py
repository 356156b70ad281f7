"""What the server prepares while it starts: the first visitor finds the results of 总览 made, and no view is logged."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reports.overview import people
from reports.voices import reading, shares
from survey.host import environment
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from tests.city_folder import imported_city
from tests.views.page_words import Run, page_text
from views.cached import answers, quality, voices, warming
from views.shell import heap
from views.shell.shelf import Shelf


def test_the_first_visitor_finds_the_results_made(city: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment.STUDY, str(city))
    monkeypatch.setattr(answers, "_ANSWERS", Shelf(64))
    monkeypatch.setattr(answers, "_SAMPLES", Shelf(4))
    logged = _log(city)
    warming.warm_up().join(120)
    assert _log(city) == logged
    made: list[object] = []
    for module, name in ((answers, "gather"), (people, "units_of"), (quality, "lights")):
        monkeypatch.setattr(module, name, lambda *_: made.append(1))
    app = run(city, "views/pages/overview.py").run()
    assert not app.exception
    assert not made
    assert "知晓率" in page_text(app)


def test_the_first_page_neither_compiles_emojis_nor_visits_what_the_server_holds(
    city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(environment.STUDY, str(city))
    monkeypatch.setattr(heap, "_SETTLED", set())
    monkeypatch.delitem(sys.modules, warming.ICONS, raising=False)
    gc.unfreeze()
    warming.warm_up().join(120)
    assert warming.ICONS in sys.modules
    assert gc.get_freeze_count() > len(gc.get_objects())


HEAVY = (
    "duckdb", "scipy.stats", "scipy.optimize", "statsmodels", "sklearn", "polars", "formulaic", "jieba", "rjieba",
    "docx", "power_pptx", "typst", "xlsxwriter", "shapely", "kaleido",
)  # fmt: skip


def test_no_page_is_imported_with_a_library_that_only_some_answers_need() -> None:
    """Each takes 10 to 60 MB of every dashboard; what needs one imports it when it is asked."""
    script = f"""
import importlib, sys, views.server
from analysis.decisions.sample_size import for_change, for_interval
from views.cached.warming import _modules
for name in _modules():
    importlib.import_module(name)
for_interval(0.5, 0.05), for_change(0.5, 0.05)
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    root = Path(warming.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=root)
    assert done.stdout.strip() == "[]"


def test_comments_are_prepared_once_they_are_read(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = imported_city(tmp_path / "city", districts=2, streets_per_district=2, communities_per_street=2)
    results = _large(own, monkeypatch)
    warming.warm_up().join(120)
    assert not results._slots
    _read_ahead(own)
    warming.warm_up().join(120)
    monkeypatch.setattr(shares, "_shares", lambda *_, **__: pytest.fail("shares were estimated again"))
    app = run(own, "views/pages/voices.py").run()
    assert not app.exception
    assert len(results._slots) >= 3


def test_no_comments_are_prepared_where_nobody_wrote_any(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Path(shutil.copytree(city, tmp_path / "city"))
    results = _large(own, monkeypatch)
    _read_ahead(own)
    warming.warm_up().join(120)
    assert not results._slots


def _large(own: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Take a study for one whose texts are read ahead; return what pages about comments share."""
    monkeypatch.setenv(environment.STUDY, str(own))
    monkeypatch.setattr(reading, "LARGE", 0)
    results = Shelf(64)
    monkeypatch.setattr(voices, "_RESULTS", results)
    monkeypatch.setattr(voices, "_ANSWERS", Shelf(4))
    return results


def _read_ahead(own: Path) -> None:
    version = ResponseStore(own / "store").version
    assert version is not None
    reading.read_ahead(load_study(own), version)


def test_a_large_study_is_prepared_again_after_a_commit(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Path(shutil.copytree(city, tmp_path / "city"))
    monkeypatch.setenv(environment.STUDY, str(own))
    monkeypatch.setattr(warming, "PAUSE", 0.01)
    prepared = list[object]()
    looks = iter([1, 100])  # the first look finds nothing new, before the second one somebody undoes an import

    def prepare() -> None:
        prepared.append(warming._state())
        if len(prepared) == 2:
            raise SystemExit

    def pause(_: float) -> None:
        if next(looks) == 100:
            ResponseStore(own / "store").undo(who="张三", why="测试")

    monkeypatch.setattr(warming, "_prepare", prepare)
    monkeypatch.setattr(warming.time, "sleep", pause)
    for most, times in ((0, 2), (10**9, 1)):
        monkeypatch.setattr(warming, "LARGE", most)
        looks, _ = iter([1, 100, 1]), prepared.clear()
        with pytest.raises((SystemExit, StopIteration)):
            warming._watch()
        assert len(prepared) == times
    assert prepared == [None]


def test_a_folder_without_a_study_only_means_that_nothing_is_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(environment.STUDY, str(tmp_path))
    thread = warming.warm_up()
    thread.join(120)
    assert not thread.is_alive()


def _log(study: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (study / "log").rglob("*") if path.is_file()}
