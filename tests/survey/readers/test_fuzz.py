"""Any input yields a table without lost rows or an error in Chinese, never a crash or silence."""

from __future__ import annotations

import csv
import io
import json
import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.errors import SiluError
from survey.importing import ingest
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.survey.small_study import EXPORTS, wm_study

DELIMITED = {
    "kobo_export.csv": (";", 1),
    "limesurvey_results-survey123456.csv": (",", 1),
    "qualtrics_export.csv": (",", 3),
    "surveymonkey_export.csv": (",", 2),
    "tencent_9799234_202611032030311613.csv": (",", 1),
    "wjx_text_utf8bom.csv": (",", 1),
}
"""file -> separator, rows of the heading."""
JUNK = [
    "",
    " ",
    "-3",
    "(跳过)",
    "N/A",
    "=1+1",
    "🙂",
    "\u3000",
    "9" * 400,
    '"',
    ";",
    ",",
    "┋",
    "〖",
    "A.是",
    "\x00",
    "\n",
    "NaN",
]
CELL = st.one_of(st.sampled_from(JUNK), st.text(max_size=8))
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))  # benchmarks/fuzz_readers.py uses many more
FUZZ = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return wm_study(tmp_path_factory.mktemp("fuzz") / "study")


@cache
def table(name: str) -> tuple[tuple[str, ...], ...]:
    text = (EXPORTS / name).read_bytes().decode("utf-8-sig")
    return tuple(map(tuple, csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITED[name][0])))


def survive(study: Study, path: Path) -> int | None:
    """Return the number of rows, all accounted for; None for a file rejected in Chinese. Nothing is written."""
    try:
        preview = ingest.stage(study, [path], "W1")
    except SiluError:
        return None
    assert preview.rows_in == preview.new + preview.unchanged + preview.changed + preview.rejected
    assert ResponseStore(study.root / "store").version is None
    return preview.rows_in


@pytest.mark.parametrize("name", DELIMITED)
@FUZZ
@given(data=st.data())
def test_corrupt_cells_and_headings(name: str, data: st.DataObject, study: Study, tmp_path: Path) -> None:
    separator, deep = DELIMITED[name]
    rows = [list(row) for row in table(name)]
    spots = st.tuples(st.integers(0, len(rows) - 1), st.integers(0, len(rows[0]) - 1))
    for row, column in data.draw(st.lists(spots, max_size=12)):
        rows[row][column] = data.draw(CELL)
    for row in rows:
        for column, cell in enumerate(row):
            row[column] = cell.replace("\x00", "")
    with (tmp_path / "a.csv").open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    found = survive(study, tmp_path / "a.csv")
    filled = sum(any(cell.strip() for cell in row) for row in rows[deep:])
    assert found is None or found >= filled - 1  # a corrupt heading may make the first response look like one


@pytest.mark.parametrize("name", [*DELIMITED, "jinshuju_entries.jsonl", "wjx_text_gb18030.csv"])
@FUZZ
@given(data=st.data())
def test_corrupt_bytes(name: str, data: st.DataObject, study: Study, tmp_path: Path) -> None:
    whole = bytearray((EXPORTS / name).read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    (tmp_path / "a.csv").write_bytes(bytes(whole[: cut or len(whole)]))
    survive(study, tmp_path / "a.csv")


@pytest.mark.parametrize("name", ["spss_export.sav", "stata_export.dta", "kobo_export.xlsx", "wjx_old_序号.xls"])
@settings(max_examples=max(2, EXAMPLES // 20), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_corrupt_binaries_affect_only_their_own_process(
    name: str, data: st.DataObject, study: Study, tmp_path: Path
) -> None:
    whole = bytearray((EXPORTS / name).read_bytes())
    for place in data.draw(st.lists(st.integers(8, len(whole) - 1), min_size=1, max_size=30)):
        whole[place] = data.draw(st.integers(0, 255))
    (tmp_path / "a.bin").write_bytes(bytes(whole))
    survive(study, tmp_path / "a.bin")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(JUNK) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["statement", "choice", "x"]), inner),
    max_leaves=6,
)


@FUZZ
@given(data=st.data())
def test_json_of_any_shape(data: st.DataObject, study: Study, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in (EXPORTS / "jinshuju_entries.jsonl").read_text(encoding="utf-8").splitlines()]
    for _ in range(data.draw(st.integers(0, 6))):
        line = lines[data.draw(st.integers(0, len(lines) - 1))]
        target = line if data.draw(st.booleans()) or not isinstance(line.get("entry"), dict) else line["entry"]
        target[data.draw(st.sampled_from(["entry", "field_1", "field_4", "field_7", "created_at", "fields", "x"]))] = (
            data.draw(VALUES)
        )
    (study.root / "mapping.toml").write_text(
        "confirmed = true\n[headings]\n"
        + "\n".join(f'"field_{n}" = "{q.name}"' for n, q in enumerate(study.questionnaire.questions, start=1)),
        encoding="utf-8",
    )
    (tmp_path / "a.json").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    found = survive(study, tmp_path / "a.json")
    (study.root / "mapping.toml").unlink()
    assert found in (None, 14)


def test_deeply_nested_json_is_rejected(study: Study, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"serial_number": 1, "field_1": ' + "[" * 100_000, encoding="utf-8")
    assert survive(study, tmp_path / "a.json") is None
