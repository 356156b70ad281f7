"""Numbers of tables on pages are written as in sentences, in one place."""

import re
from pathlib import Path

import pandas as pd
import pytest

from views.shell import tables
from views.shell.tables import written

VIEWS = Path(__file__).parents[3] / "views"


def displayed(table: pd.DataFrame) -> list[list[str]]:
    """Return the cells as Streamlit displays them."""
    cells = written(table)._translate(False, False)["body"]
    return [
        [str(cell["display_value"]) for cell in row if cell["type"] == "td" and cell["is_visible"]] for row in cells
    ]


def test_a_column_has_one_precision_separators_a_true_minus_and_no_negative_zero() -> None:
    table = pd.DataFrame(
        {
            "区县": ["甲", "乙", "丙"],
            "变化": [-8.5, -0.04, 12.0],
            "人口": [262498, 9, -3],
            "份数": pd.array([1200, None, 7], dtype="Int64"),
            "p": [0.0037, 0.289, None],
        }
    ).round({"变化": 1})
    assert displayed(table) == [
        ["甲", "−8.5", "262,498", "1,200", "0.0037"],
        ["乙", "0.0", "9", "—", "0.2890"],
        ["丙", "12.0", "−3", "7", "—"],
    ]


def test_codes_have_no_separators_and_text_is_untouched() -> None:
    assert displayed(pd.DataFrame({"社区代码": [990101003001]})) == [["990101003001"]]
    words = pd.DataFrame({"区县": ["甲-1"]})
    assert written(words) is words


def test_an_empty_cell_is_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit would write None."""
    drawn: dict[str, object] = {}
    monkeypatch.setattr(tables.st, "dataframe", lambda table, **options: drawn.update(options))
    tables.show_table(pd.DataFrame({"作废": pd.array([None, 3], dtype="Int64")}))
    assert drawn["placeholder"] == "—"


def test_no_page_shows_a_table_another_way() -> None:
    found = [
        path.name for path in VIEWS.rglob("*.py") if re.search(r"st\.dataframe\(", path.read_text(encoding="utf-8"))
    ]
    assert found == ["tables.py"]
