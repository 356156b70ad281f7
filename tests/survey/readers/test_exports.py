"""All sample exports contain the same fourteen responses; the gaps of each format are listed here."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from survey.importing import ingest
from survey.readers.cells.issues import IssueCode
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.survey.small_study import EXPORTS, wm_study

NO_PLACE = IssueCode.NO_PSU_COLUMN
SAMPLES: Mapping[str, tuple[str, int, frozenset[IssueCode]]] = {
    "wjx_123456_按文本_14_14.xlsx": ("wjx", 0, frozenset()),
    "wjx_text_gb18030.csv": ("wjx", 0, frozenset()),
    "wjx_text_utf8bom.csv": ("wjx", 0, frozenset()),
    "wjx_123456_按序号_14_14.xlsx": ("wjx", 0, frozenset({IssueCode.LOST_TEXT})),
    "wjx_old_序号.xls": ("wjx", 0, frozenset({IssueCode.LOST_TEXT})),
    "tencent_9799234_202611032030311613.csv": ("tencent", 0, frozenset()),
    "jinshuju_entries.jsonl": ("jinshuju", 0, frozenset({IssueCode.BY_ORDER})),
    "kobo_export.csv": ("kobo", 0, frozenset()),
    "kobo_export.xlsx": ("kobo", 0, frozenset()),
    "limesurvey_results-survey123456.csv": ("limesurvey", 0, frozenset({IssueCode.UNFINISHED})),
    "qualtrics_export.csv": ("qualtrics", 1, frozenset({IssueCode.PREVIEW_ROW})),
    "surveymonkey_export.csv": ("surveymonkey", 0, frozenset()),
    "spss_export.sav": ("spss", 0, frozenset({IssueCode.MADE_ID})),
    "stata_export.dta": ("stata", 0, frozenset({IssueCode.MADE_ID})),
}
"""file -> reader, rows set apart, notes beyond "no community code"."""
UNFINISHED = {"limesurvey_results-survey123456.csv": 1}
"""file -> unfinished answers below those of the truth."""
LACKING = {
    "wjx_123456_按序号_14_14.xlsx": ("q2_other",),
    "wjx_old_序号.xls": ("q2_other",),
    "spss_export.sav": ("submitted", "duration"),
    "stata_export.dta": ("submitted", "duration"),
}
"""file -> columns of the truth that this kind of file does not hold."""
CODES = ("s1", "age", "q1", "q3", "q4", *(f"q5.{row}" for row in ("env", "traffic", "service", "community")))
CODES = (*CODES, "q6", "d1", "d2", "d3")


@pytest.fixture
def truth() -> list[dict[str, str]]:
    with (EXPORTS / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def stored(study: Study) -> list[dict[str, str]]:
    """Return the store in the layout and order of truth.csv."""
    store = ResponseStore(study.root / "store")
    words = {(row["response_id"], row["item"]): row["text"] for row in store.texts().to_pylist()}
    rows = sorted(store.read().to_pylist(), key=lambda row: row["source_row"])
    made = []
    for number, row in enumerate(rows, start=1):
        chosen = ["other" if code == 97 else str(code) for code in (*range(1, 9), 97) if row[f"q2.{code}"] == 1]
        values = {
            "id": f"r{number:03d}",
            "submitted": "" if row["submitted"] is None else str(row["submitted"]),
            "duration": "" if row["seconds"] is None else str(row["seconds"]),
            "q2": "|".join(chosen),
            "q2_other": words.get((row["response_id"], "q2.other"), ""),
            "q7": words.get((row["response_id"], "q7"), ""),
        }
        made.append(values | {name: "" if row[name] is None else str(row[name]) for name in CODES})
    return made


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_equals_the_truth(name: str, tmp_path: Path, truth: list[dict[str, str]]) -> None:
    reader, apart, notes = SAMPLES[name]
    study = wm_study(tmp_path / "study")
    done = ingest.import_files(study, [EXPORTS / name], "W1")
    preview = done.preview
    rows = 14 + UNFINISHED.get(name, 0)
    assert (preview.new, preview.unchanged, preview.changed, preview.rejected) == (rows, 0, 0, apart)
    assert preview.rows_in == rows + apart
    assert preview.files[0]["reader"] == reader
    assert set(preview.issue_count) == {NO_PLACE} | notes
    expected = [row | dict.fromkeys(LACKING.get(name, ()), "") for row in truth]
    made = stored(study)[:14]
    assert set(made[0]) == set(truth[0])
    for got, right in zip(made, expected, strict=True):
        assert got == {column: right[column] for column in got}


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.startswith("wjx")])
def test_importing_twice_stores_once(name: str, tmp_path: Path) -> None:
    study = wm_study(tmp_path / "study")
    ingest.import_files(study, [EXPORTS / name], "W1")
    again = ingest.import_files(study, [EXPORTS / name], "W1")
    assert (again.version, again.preview.unchanged) == (None, 14 + UNFINISHED.get(name, 0))


def test_the_file_name_does_not_matter(tmp_path: Path) -> None:
    study = wm_study(tmp_path / "study")
    for name in (name for name in SAMPLES if not name.startswith("wjx")):
        (tmp_path / "数据.dat").write_bytes((EXPORTS / name).read_bytes())
        preview = ingest.stage(study, [tmp_path / "数据.dat"], "W1")
        assert (preview.new, preview.files[0]["reader"]) == (14 + UNFINISHED.get(name, 0), SAMPLES[name][0])
