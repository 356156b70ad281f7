"""Kept tables of benchmarks: what is printed is kept as it stands, and only a ratio that grew is named."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

import benchmarks.__main__ as front_door
from benchmarks import documented, results, scale
from benchmarks.__main__ import asked_for, known, lacking
from benchmarks.cluster import EVENTS, Cluster

PRINTED = """\
Linux, load 0.1
| work | ours, s | theirs, s | ratio |
|---|---|---|---|
| rates | 0.10 | 0.50 | 0.20 |
| a "quoted" cell | 1 | 2 | {ratio} |
| a row that is cut | 1 |

| page | CPU ms |
| --- | ---: |
| overview | 40 |
"""


def test_tables_are_kept_as_they_were_printed(tmp_path: Path) -> None:
    found = results.tables(PRINTED.format(ratio="0.50 x"))
    assert [table.columns for table in found] == [("work", "ours, s", "theirs, s", "ratio"), ("page", "CPU ms")]
    assert found[0].rows[1] == ('a "quoted" cell', "1", "2", "0.50 x")
    assert len(found[0].rows) == 2
    path = tmp_path / "results.json"
    results.keep("here", {"speed": found}, path)
    results.keep("there", {"other": []}, path)
    assert results.read(path) == {"speed": found, "other": []}
    assert '["overview", "40"]' in path.read_text(encoding="utf-8")
    piece = results.tables("| page | CPU ms |\n|---|---|\n| overview | 30 |\n| people | 7 |\n")
    results.merge("later", "speed", piece, path)
    assert results.read(path)["speed"] == [found[0], piece[0]]
    results.merge("later", "speed", [results.Table(piece[0].columns, (("overview", "20"),))], path)
    assert results.read(path)["speed"][1].rows == (("overview", "20"), ("people", "7"))


def test_only_ratios_that_grew_and_rows_that_are_gone_are_named() -> None:
    before = {"speed": results.tables(PRINTED.format(ratio="0.50"))}
    same = {"speed": results.tables(PRINTED.format(ratio="0.62"))}
    assert results.slower(before, same) == []
    grown = {"speed": results.tables(PRINTED.format(ratio="0.63"))}
    (line,) = results.slower(before, grown)
    assert "0.5 before, 0.63 now" in line
    gone = {"speed": results.tables(PRINTED.format(ratio="0.5").replace("| rates |", "| other |"))}
    assert results.slower(before, gone) == ["speed: the row 'rates' has no ratio (4) any more"]
    assert results.slower(before, {}) == []


def test_helpers_and_pictures_are_no_benchmarks() -> None:
    assert {"rates", "users", "pages", "screens"} <= set(known())
    assert not {"cpu_seconds", "against", "documented", "pictures", "house", "fuzz_readers", "results"} & set(known())


def test_the_kept_file_can_be_read() -> None:
    assert {command.split()[0] for command in results.read()} <= set(known())


def test_documents_show_what_is_kept(tmp_path: Path) -> None:
    for path in documented.DOCS.glob("*.md"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert documented.fill(tmp_path) == []
    for path in documented.DOCS.glob("*.md"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_document_takes_the_kept_tables_and_keeps_what_it_lacks(tmp_path: Path) -> None:
    kept, document = tmp_path / "results.json", tmp_path / "speed.md"
    block = "<!-- kept: {} -->\n{}<!-- kept end -->\n"
    document.write_text(f"before\n{block.format('pages --rows 1e6', 'old')}{block.format('users', 'stays')}after\n")
    results.keep("two cores", {"pages --rows 1e6": results.tables("| page | s |\n|---|---|\n| area | 2 |\n")}, kept)
    assert documented.commands(tmp_path) == ["pages --rows 1e6", "users"]
    assert documented.fill(tmp_path, kept) == ["users"]
    table = "\n| page | s |\n| --- | --- |\n| area | 2 |\n\n(two cores)\n\n"
    assert (
        document.read_text()
        == f"before\n{block.format('pages --rows 1e6', table)}{block.format('users', 'stays')}after\n"
    )


def test_a_name_stands_for_its_commands_in_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documented, "commands", lambda: ["pages --rows 1e6", "pages --sparse", "growth"])
    assert asked_for(["pages"], ()) == [("pages", "--rows", "1e6"), ("pages", "--sparse")]
    assert asked_for(["pages", "users"], ["--alone"]) == [("pages", "--alone"), ("users", "--alone")]
    assert asked_for(["users"], ()) == [("users",)]
    assert {name for name, *_ in asked_for([], ())} == set(known())


def test_rivals_that_are_not_installed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name in ("svy", "leafblower"):
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(front_door, "version", version)
    assert lacking() == ["svy", "leafblower"]


def test_a_fit_takes_no_row_with_other_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = {"1,000 x 4": 1, "2,000 x 4": 2, "3,000 x 4": 3, "3,000 x 4, own weights": 9, "3,000 x 97": 9}
    rows = tuple((name, str(spent)) for name, spent in seconds.items())
    kept = {"cells": [results.Table(("answers x rates", "cells s"), rows)]}
    monkeypatch.setattr(results, "read", lambda: kept)
    (line,), _ = scale.kept()  # 97 rates have too few rows for a line
    assert (line.sizes, line.seconds) == ((1000, 2000, 3000), (1.0, 2.0, 3.0))


def test_a_task_whose_end_is_half_written_has_not_ended(tmp_path: Path) -> None:
    (tmp_path / EVENTS).mkdir()
    line = '{"Event":"SparkListenerTaskEnd","Task End Reason":{"Reason":"Success"},"Task Info":{"Launch Time":0,'
    (tmp_path / EVENTS / "app").write_text(line, encoding="utf-8")
    assert Cluster("sc://127.0.0.1:1", tmp_path).tasks() == []
