"""Every sentence that a page shows or a command prints: numbers are the cells they refer to, words hold none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import cli
from commands.findings.text_parts import PARTS
from reports.sentences.sentence import Sentence
from survey.study.study import load_study
from tests.city_folder import imported_city
from tests.reports.sentences.test_bindings import check_piece, vocabulary
from tests.views.page_words import Run
from views.cached import kept
from views.shell.shelf import Shelf

PAGES = ("", "weak_areas", "area", "expert", "change", "passing", "planning", "outreach", "ledger", "voices", "quality")
COMMANDS = (["quality"], ["integrity"], ["exclude"], ["text"], *(["text", "--show", one] for one in PARTS))
OPEN = dict.fromkeys(
    ("districts", "signals", "lights", "checks", "weights", "basis", "later", "importance", "alone"), "true"
)
"""Query that opens the folded parts of all pages, which are drawn only then."""
Shown = list[Sentence]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Return the list to which every sentence is added that becomes text; nothing is kept of earlier pages."""
    for shelf in ("_VALUES", "_TOKENS"):
        monkeypatch.setattr(kept, shelf, Shelf(100))
    found: Shown = []
    words: Callable[[Sentence], str] = Sentence.text.fget  # type: ignore[attr-defined]

    def text(one: Sentence) -> str:
        found.append(one)
        return words(one)

    monkeypatch.setattr(Sentence, "text", property(text))
    return found


def check(shown: Shown, words: str) -> None:
    for sentence in tuple(shown):
        for piece in sentence.pieces:
            check_piece(piece, words)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small city with comments, in which an interviewer has been excluded."""
    root = tmp_path_factory.mktemp("study") / "city"
    imported_city(root, districts=2, streets_per_district=2, communities_per_street=3)
    person = ["--interviewer", f"{load_study(root).areas.districts[0][:-1]}-01"]
    assert cli.main(["exclude", "--study", str(root), *person, "--who", "张三", "--why", "复访核实"]) == 0
    return root


@pytest.mark.parametrize("page", PAGES)
def test_every_sentence_of_every_page_is_bound(page: str, city: Path, written: Path, run: Run, shown: Shown) -> None:
    root = written if page == "voices" else city  # nobody wrote anything there
    run(root, f"views/pages/{page}.py" if page else "", **OPEN)
    check(shown, vocabulary(root))
    assert sum(len(one.bindings) for one in shown) >= 12


def test_every_printed_line_is_bound(written: Path, shown: Shown, capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        before = len(shown)
        assert cli.main([command[0], "--study", str(written), *command[1:]]) in (0, 1), command
        assert sum(len(one.bindings) for one in shown[before:]) > 0, command
    assert "现在剔除" in capsys.readouterr().out
    check(shown, vocabulary(written))
