"""Identity is checked by content: lost zeros, rounded and renumbered ids, corrected submissions of Kobo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from survey.errors import ArgumentError
from survey.importing import ingest
from survey.readers.cells.issues import IssueCode
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.survey.small_study import HEADING, answer, make_study, wm_study, write_csv, write_xlsx


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_study(tmp_path / "study")


def rows(count: int, *, ids: str = "{:05d}", start: int = 0) -> list[dict[str, str]]:
    return [answer(start + n, S1=str(18 + n), response_id=ids.format(n + 1)) for n in range(count)]


def staged(study: Study, path: Path, answers: Sequence[dict[str, str]]) -> ingest.Preview:
    return ingest.stage(study, [write_csv(path, answers)], "W1")


def kinds(preview: ingest.Preview) -> list[tuple[str, int]]:
    return [(str(one.kind), one.count) for one in preview.confirmations]


def stored(study: Study) -> int:
    return ResponseStore(study.root / "store").read(["response_id"]).num_rows


def test_lost_leading_zeros_must_be_confirmed(study: Study, tmp_path: Path) -> None:
    ingest.commit(staged(study, tmp_path / "a.csv", rows(6)))
    table = [HEADING, *([row[name] for name in HEADING] for row in rows(6, ids="{:d}"))]
    preview = ingest.stage(study, [write_xlsx(tmp_path / "b.xlsx", table)], "W1")
    assert kinds(preview) == [("same-answers", 6)]
    assert "1 与 00001、2 与 00002、3 与 00003……" in preview.confirmations[0].found
    with pytest.raises(ArgumentError, match="没有写入任何数据"):
        ingest.commit(preview)
    assert stored(study) == 6


def test_some_repeated_rows_among_new_ones_are_counted(study: Study, tmp_path: Path) -> None:
    ingest.commit(staged(study, tmp_path / "a.csv", rows(6)))
    mixed = [*rows(2, ids="n{}"), *rows(5, ids="m{}", start=30)]
    assert kinds(staged(study, tmp_path / "b.csv", mixed)) == [("same-answers", 2)]


def test_two_files_of_one_import_are_compared(study: Study, tmp_path: Path) -> None:
    files = [write_csv(tmp_path / "a.csv", rows(4)), write_csv(tmp_path / "b.csv", rows(4, ids="{:d}"))]
    assert kinds(ingest.stage(study, files, "W1")) == [("same-answers", 4)]


def test_short_answers_without_a_time_may_coincide(study: Study, tmp_path: Path) -> None:
    untimed = [row | {"submitted": "", "seconds": ""} for row in rows(8)]
    ingest.commit(staged(study, tmp_path / "a.csv", untimed))
    few = [*({**row, "response_id": f"n{n}"} for n, row in enumerate(untimed[:2]))]
    other = [answer(40 + n, submitted="", seconds="", S1=str(70 + n)) for n in range(6)]
    assert kinds(staged(study, tmp_path / "b.csv", [*few, *other])) == []
    again = [row | {"response_id": f"n{n}"} for n, row in enumerate(untimed)]
    assert kinds(staged(study, tmp_path / "c.csv", again)) == [("same-answers", 8)]


def test_other_answers_under_known_ids_must_be_confirmed(study: Study, tmp_path: Path) -> None:
    ingest.commit(staged(study, tmp_path / "a.csv", rows(6)))
    moved = [
        {**row, "submitted": f"2027-03-03 11:0{n}:00", "A1": "不知道", "B1": "", "J1": "女", "E.E1": "不满意"}
        for n, row in enumerate(rows(6))
    ]
    preview = staged(study, tmp_path / "b.csv", moved)
    assert kinds(preview) == [("other-answers", 6)]
    assert "00001、00002、00003" in preview.confirmations[0].found


def test_a_correction_of_some_answers_needs_no_confirmation(study: Study, tmp_path: Path) -> None:
    ingest.commit(staged(study, tmp_path / "a.csv", rows(6)))
    corrected = [{**row, "submitted": "2027-03-03 11:00:00", "J1": "女"} for row in rows(6)]
    preview = staged(study, tmp_path / "b.csv", corrected)
    assert (kinds(preview), preview.changed) == ([], 6)
    same_time = [{**row, "A1": "不知道", "B1": "", "J1": "女", "E.E1": "不满意"} for row in rows(6)]
    assert kinds(staged(study, tmp_path / "c.csv", same_time)) == []  # the same second: the same interview


def test_ids_above_15_digits_as_numbers_are_rejected(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        for n, row in enumerate(rows(3), start=1):
            sheet.write_number(n, 0, 12345678901234560000 + n * 4096)
            sheet.write_row(n, 1, [row[name] for name in HEADING[1:]])
    preview = ingest.stage(study, [path], "W1")
    assert (preview.rejected, preview.new) == (3, 0)
    assert preview.issue_count[IssueCode.ROUNDED_ID] == 3
    issue = preview.issues[0]
    assert (issue.row, issue.value) == (2, "1.23456789012346E+19")
    assert "设为文本" in issue.cure


def kobo(path: Path, uuid: str, q1: str) -> Path:
    heading = ["start", "end", "s1", "age", "q1", "q3", "q4", "q6", "d1", "d2", "d3", "_uuid", "_index"]
    heading += [f"q5/{row}" for row in ("env", "traffic", "service", "community")] + [
        "q2",
        "__version__",
        "meta/rootUuid",
    ]
    stamps = ["2026-11-03T09:09:42.000+08:00", "2026-11-03T09:12:05.000+08:00"]
    cells = [*stamps, "1", "30", q1, *["1"] * 6, uuid, "1", *["1"] * 4, "1 3" if q1 == "1" else "", "v1", "uuid:first"]
    path.write_text(";".join(heading) + "\n" + ";".join(cells) + "\n", encoding="utf-8")
    return path


def test_a_corrected_submission_of_kobo_replaces_the_first(tmp_path: Path) -> None:
    wm = wm_study(tmp_path / "study")
    ingest.import_files(wm, [kobo(tmp_path / "before.csv", "first", "3")], "W1")
    done = ingest.import_files(wm, [kobo(tmp_path / "after.csv", "second", "1")], "W1").preview
    assert (done.new, done.changed) == (0, 1)
    now = ResponseStore(wm.root / "store").read().to_pylist()
    assert [(row["response_id"], row["q1"]) for row in now] == [("first", 1)]
    assert IssueCode.UNUSED_COLUMN not in done.issue_count
