"""What the sheet itself does is reported in the preview."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from survey.importing import ingest
from survey.readers.cells.issues import IssueCode
from tests.survey.small_study import HEADING, answer, make_study


def test_hidden_columns_are_named_in_the_preview_and_read(tmp_path: Path) -> None:
    row = answer(1)
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, [row[name] for name in HEADING])
        sheet.set_column("F:G", None, None, {"hidden": True})
    preview = ingest.stage(make_study(tmp_path / "study"), [tmp_path / "a.xlsx"], "W1")
    assert [(one.code, one.value) for one in preview.issues] == [(IssueCode.HIDDEN_COLUMNS, "2 列：F weight、G S1")]
    assert preview.comparison.responses["S1"].to_pylist() == [int(row["S1"])]
