"""Tables of commands: probabilities never read as certain, in the terminal and in a workbook."""

from __future__ import annotations

import io

import numpy as np
import openpyxl
import pandas as pd

from commands.terminal.tables import as_csv, as_text, as_xlsx
from reports.labels import HEADINGS

CHANCES = HEADINGS["prob_below"]
TABLE = pd.DataFrame({"区县": ["甲区", "乙区", "丙区", "丁区"], CHANCES: [0.0012, 10.308, 99.9999, np.nan]})


def test_a_probability_is_never_printed_as_0_or_100() -> None:
    rows = as_text(TABLE, ()).decode().splitlines()[1:5]
    assert [row.split()[1] for row in rows] == ["<1", "10", ">99", "—"]


def test_a_workbook_shows_the_same_and_keeps_the_number() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(TABLE, ()))).active
    assert [sheet.cell(row, 2).value for row in range(2, 6)] == [0.0012, 10.308, 99.9999, None]
    assert sheet.column_dimensions["B"].number_format == '[<1]"<1";[>99]">99";0'


def test_csv_keeps_four_decimals() -> None:
    assert "甲区,0.0012\r\n" in as_csv(TABLE, ()).decode("utf-8-sig")
