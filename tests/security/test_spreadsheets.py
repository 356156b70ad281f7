"""No text of a study becomes a formula in an exported file, and every writer of tables uses the safe one."""

from __future__ import annotations

import ast
import csv
import io
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cli
from reports.plans.workbook import workbook
from survey.storage.spreadsheets import FORMULA, NUMBER, csv_text, guarded, open_workbook, sheet_name
from tests.security.conftest import Attack
from tests.security.hostile import DISTRICTS, TITLE, hostile_city
from tests.test_house import ROOT, SOURCES

WRITERS = {"writer", "DictWriter", "to_csv", "to_excel", "Workbook", "write_csv", "to_parquet"}
OWN = {
    "survey/storage/spreadsheets.py": "the one place",
    "reports/retention/summaries.py": "Parquet, which holds no formulas; its CSV comes from the one place",
    "survey/quality/preregistration.py": "a digest of a table; no file is written",
    "reports/fieldwork/kept/verdicts.py": "a digest of a table; no file is written",
    "reports/publishing/shown_counts.py": "the record of counts that were shown, which only Silu reads",
    "survey/quality/publishing/publication.py": "the record of a publication, which only Silu reads",
    "survey/readers/files/excel_child.py": "a reader: its Workbook is a scan of a file's parts",
    "survey/mock/folder.py": "the simulated answer file, which is imported and holds no name of a person",
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile_city(tmp_path_factory.mktemp("hostile") / "city")


def dangerous(text: object) -> bool:
    return isinstance(text, str) and text.startswith(FORMULA) and not NUMBER.fullmatch(text)


def formulas(content: bytes | Path) -> tuple[int, int]:
    """Text cells and formula cells (or links) of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(content) if isinstance(content, bytes) else content)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    return (
        sum(cell.data_type == "s" for cell in cells),
        sum(cell.data_type == "f" or cell.hyperlink is not None for cell in cells),
    )


def read_back(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


BY = ("district", "district,age", "street", "district,street,community", "place")
COMMANDS = [
    *(["rates", "--by", by] for by in BY),
    ["weak"],
    ["change"],
    ["pass"],
    ["plan", "--n", "60", "--minimum", "10", "--take", "10"],
    ["outreach"],
    ["compare", "--by", "district"],
    ["compare", "--structure"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_no_place_name_is_a_formula_in_what_a_command_writes(
    words: list[str], form: str, city: Path, tmp_path: Path, attack: Attack
) -> None:
    out = tmp_path / f"out.{form}"
    assert cli.main([*words, "--study", str(city), "--format", form, "--out", str(out)]) in (0, 1)
    if form == "xlsx":
        texts, found = formulas(out)
        assert texts
        assert found == 0
        tries = texts
    else:
        cells = [cell for row in read_back(out) for cell in row]
        assert not [cell for cell in cells if dangerous(cell)]
        tries = len(cells)
    attack(f"place names and title as formulas, {form} of {len(COMMANDS)} commands: cells", tries, "text")


def test_the_ledger_exports_what_a_person_wrote_as_text(city: Path, tmp_path: Path, attack: Attack) -> None:
    command = ["ledger", "--study", str(city)]
    item = f"{DISTRICTS[0]}:A1"
    words = ["--owner", "=1+1", "--measure", "@SUM(A1)", "--who", "+cmd|' /C calc'!A0"]
    assert cli.main([*command, "--open", item, *words]) == 0
    csv_file, book = tmp_path / "a.csv", tmp_path / "a.xlsx"
    assert cli.main([*command, "--format", "csv", "--out", str(csv_file)]) == 0
    assert cli.main([*command, "--format", "xlsx", "--out", str(book)]) == 0
    cells = [cell for row in read_back(csv_file) for cell in row]
    assert "'=1+1" in cells
    assert f"'{DISTRICTS[0]}" in cells
    assert not [cell for cell in cells if dangerous(cell)]
    assert formulas(book)[1] == 0
    attack("formulas as owner, measure and name of a person in the ledger, csv and xlsx", 2 * len(words), "text")


def test_links_and_passes_of_an_interviewer_called_like_a_formula(city: Path, tmp_path: Path, attack: Attack) -> None:
    words = ["field", str(city), "--url", "http://127.0.0.1:8600", "--out", str(tmp_path), "--interviewer", "=1+1"]
    words += ["--expires", (date.today() + timedelta(days=7)).isoformat()]  # the mock city's waves are over
    assert cli.main([*words, "--invitations", "1", "--mode", "household"]) == 0
    rows = read_back(tmp_path / "访问员链接.csv")
    assert rows[1][0] == "'=1+1"
    attack("a formula as code of an interviewer", 1, "text")


def test_every_writer_begins_at_the_one_place() -> None:
    found = {}
    for path in SOURCES:
        calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        named = {func.attr for func in calls if isinstance(func, ast.Attribute)} & WRITERS
        if named and path.relative_to(ROOT).as_posix() not in OWN:
            found[str(path)] = named
    assert not found


@given(st.text())
def test_what_is_guarded_is_no_formula_and_comes_back(text: str) -> None:
    safe = guarded(text)
    assert not dangerous(safe)
    assert safe in (text, "'" + text)


def test_numbers_written_as_text_need_no_mark() -> None:
    assert [guarded(text) for text in ("-5.2", "+3", "-10%", "1,000", "-1+1")] == [
        "-5.2",
        "+3",
        "-10%",
        "1,000",
        "'-1+1",
    ]
    assert [guarded(value) for value in (-5.2, None, True)] == [-5.2, None, True]


def test_a_table_keeps_its_numbers_and_its_two_columns_of_one_name() -> None:
    table = pd.DataFrame([["=1", -2.5, None], ["a", None, "@b"]], columns=["=题", "数", "=题"])
    assert csv_text(table) == "'=题,数,'=题\r\n'=1,-2.5,\r\na,,'@b\r\n"


def test_a_workbook_of_odd_names_opens_with_every_sheet(tmp_path: Path) -> None:
    table = pd.DataFrame({"=1+1": ["=2+2", "http://evil.example", "1"]})
    names = ["[a]:*?/\\" * 9, "[b]:*?/\\" * 9, "'", "", "=1+1", "历" * 40, "历" * 50]
    content = workbook(dict.fromkeys(names, table), [TITLE])
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert len(book.sheetnames) == len(names)
    assert max(map(len, book.sheetnames)) <= 31
    assert formulas(content)[1] == 0
    assert sheet_name("A", ["a", "A(2)"]) == "A(3)"
    with open_workbook(tmp_path / "a.xlsx") as made:
        made.add_worksheet().write_row(0, 0, ["=1+1", "http://evil.example", "12", 12, "{=1}"])
    assert formulas(tmp_path / "a.xlsx") == (4, 0)
