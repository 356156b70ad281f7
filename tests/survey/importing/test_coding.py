"""Coding of files: blank, not asked, rejected, and no row lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.importing.coding import CodedFile, code_table
from survey.readers import registry
from survey.readers.cells.issues import KINDS, IssueCode
from survey.readers.files.opening import open_file
from survey.readers.tables.layout import META_HEADINGS
from survey.readers.tables.read_table import META_TARGETS, Guide
from survey.readers.tools.wjx import META
from survey.storage.store import W_SCALE
from survey.study.responses import FIXED, response_schema
from survey.study.study import Study
from tests.survey.small_study import HEADING, PSU, answer, make_study, write_csv, write_xlsx


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(tmp_path_factory.mktemp("coding") / "study")


def code(study: Study, path: Path, **options: Any) -> CodedFile:
    guide = Guide(study.questionnaire, study.mapping)
    read = registry.read(open_file(path), guide)
    return code_table(read, study, study.wave("W1"), mode=options.pop("mode", "household"), **options)


def coded(study: Study, folder: Path, rows: Sequence[Mapping[str, str]], **options: Any) -> CodedFile:
    return code(study, write_csv(folder / "a.csv", rows), **options)


def counts(made: CodedFile) -> Mapping[IssueCode, int]:
    return made.issues.count()


def test_a_valid_answer(study: Study, tmp_path: Path) -> None:
    made = coded(study, tmp_path, [answer(1, B1="1|97", other="喇叭", H1=" 好 ")])
    row = made.responses.to_pylist()[0]
    assert made.responses.schema == response_schema(study.questionnaire)
    assert {name: row[name] for name in ("response_id", "wave", "mode", "psu", "seconds", "interviewer")} == {
        "response_id": "r00001",
        "wave": "W1",
        "mode": "household",
        "psu": PSU,
        "seconds": 120,
        "interviewer": "I1",
    }
    assert row["w_fx"] == round(1.5 * W_SCALE)
    assert (row["source_row"], row["submitted"].isoformat()) == (2, "2027-03-02T10:01:00")
    assert [row[f"B1.{code}"] for code in (1, 2, 3, 4, 97)] == [1, 0, 0, 0, 1]
    assert (row["S1"], row["age"], row["A1"], row["E.E1"], row["E.E2"]) == (21, 1, 1, 1, 2)
    assert (row["J1"], row["sex"]) == (1, 1)
    texts = {text["item"]: text["text"] for text in made.texts.to_pylist()}
    assert texts == {"B1.other": "喇叭", "H1": " 好 "}
    assert not made.rejected.num_rows
    assert not counts(made)


def test_blank_is_not_the_same_as_not_asked(study: Study, tmp_path: Path) -> None:
    made = coded(
        study,
        tmp_path,
        [answer(1, A1="", B1="", E1="", S1="", J1=""), answer(2, A1="1", B1=""), answer(3, A1="(跳过)", B1="(跳过)")],
    )
    rows = made.responses.to_pylist()
    assert [row["A1"] for row in rows] == [-2, 1, None]
    assert [row["B1.1"] for row in rows] == [None, -2, None]  # B1 is asked only where A1 = 1
    assert (rows[0]["E.E1"], rows[0]["S1"], rows[0]["J1"]) == (-2, -2, -2)
    assert (rows[0]["age"], rows[0]["sex"]) == (None, None)  # a demographic that is missing is NULL


def test_refused_demographic_is_null_in_the_role_column_only(study: Study, tmp_path: Path) -> None:
    row = coded(study, tmp_path, [answer(1, J1="拒答", S1="45")]).responses.to_pylist()[0]
    assert (row["J1"], row["sex"], row["age"]) == (99, None, 2)


def test_answers_not_asked_are_discarded_and_reported(study: Study, tmp_path: Path) -> None:
    made = coded(study, tmp_path, [answer(1), answer(2, A1="2", B1="1|97", other="喇叭")])
    assert [row["B1.1"] for row in made.responses.to_pylist()] == [1, None]
    assert not made.texts.num_rows
    assert counts(made) == {IssueCode.NOT_ASKED: 1}
    issue = made.issues.first()[0]
    assert (issue.row, issue.value, issue.expected) == (3, "1|97", "空白")


@pytest.mark.parametrize(
    ("cells", "problem", "column"),
    [
        ({"A1": "知道吗"}, IssueCode.UNKNOWN_CODE, "H A1"),
        ({"B1": "1|9"}, IssueCode.UNKNOWN_CODE, "I B1"),
        ({"E1": "7"}, IssueCode.UNKNOWN_CODE, "K E.E1"),
        ({"S1": "四十一"}, IssueCode.NOT_A_NUMBER, "G S1"),
        ({"S1": "9"}, IssueCode.OUT_OF_RANGE, "G S1"),
        ({"submitted": "昨天"}, IssueCode.BAD_DATE, "C submitted"),
        ({"seconds": "很久"}, IssueCode.BAD_DURATION, "D seconds"),
        ({"response_id": " "}, IssueCode.NO_ID, "A response_id"),
        ({"psu": "990101001999"}, IssueCode.UNKNOWN_PSU, "B psu"),
        ({"psu": "9.90101E+11"}, IssueCode.UNKNOWN_PSU, "B psu"),
        ({"psu": ""}, IssueCode.NO_PSU, "B psu"),
        ({"weight": "0"}, IssueCode.BAD_WEIGHT, "F weight"),
        ({"weight": "-1"}, IssueCode.BAD_WEIGHT, "F weight"),
        ({"weight": "nan"}, IssueCode.BAD_WEIGHT, "F weight"),
        ({"weight": "inf"}, IssueCode.BAD_WEIGHT, "F weight"),
        ({"weight": ""}, IssueCode.BAD_WEIGHT, "F weight"),
    ],
)
def test_an_invalid_row_is_set_aside(
    cells: dict[str, str], problem: IssueCode, column: str, study: Study, tmp_path: Path
) -> None:
    made = coded(study, tmp_path, [answer(1), answer(2, **cells), answer(3)])
    assert made.responses["response_id"].to_pylist() == ["r00001", "r00003"]
    assert counts(made) == {problem: 1}
    issue = made.issues.first()[0]
    assert (issue.file, issue.row, issue.column) == ("a.csv", 3, column)
    assert issue.value == next(iter(cells.values())).strip() or problem is IssueCode.NO_ID
    kept = made.rejected.to_pylist()[0]
    assert (kept["row"], kept["file"]) == (3, "a.csv")
    assert KINDS[problem][0] in kept["reason"]


@pytest.mark.parametrize("cells", [{"A1": "甲"}, {"S1": "x"}, {"submitted": "昨天"}, {"seconds": "很久"}])
def test_keep_partial_stores_the_row_without_the_cell(cells: dict[str, str], study: Study, tmp_path: Path) -> None:
    made = coded(study, tmp_path, [answer(1, **cells)], keep_partial=True)
    row = made.responses.to_pylist()[0]
    assert row[next(iter(cells))] is None
    # B1 depends on A1: if A1 is unknown, the answer to B1 is kept
    assert (row["E.E1"], row["B1.1"]) == (1, 1)
    assert sum(counts(made).values()) == 1
    assert not made.rejected.num_rows


def test_keep_partial_never_keeps_a_row_without_place(study: Study, tmp_path: Path) -> None:
    made = coded(study, tmp_path, [answer(1, psu="1")], keep_partial=True)
    assert (made.responses.num_rows, made.rejected.num_rows) == (0, 1)


def test_notes_do_not_reject(study: Study, tmp_path: Path) -> None:
    rows = [answer(1, submitted="2026-01-01 08:00:00"), answer(2, submitted="46448.5"), answer(3, B1="4|1")]
    made = coded(study, tmp_path, rows)
    assert made.responses.num_rows == 3
    assert counts(made) == {IssueCode.OUTSIDE_WAVE: 1, IssueCode.SERIAL_DATE: 1, IssueCode.EXCLUSIVE: 1}
    assert made.responses["submitted"].to_pylist()[1].isoformat() == "2027-03-02T12:00:00"


def test_online_answers_need_no_place(study: Study, tmp_path: Path) -> None:
    made = coded(study, tmp_path, [answer(1, psu="")], mode="online")
    assert made.responses["psu"].to_pylist() == [None]


def test_addresses_become_pseudonyms(study: Study, tmp_path: Path) -> None:
    heading = (*HEADING, "ip", "device")
    senders = [("10.0.0.1(广东-广州)", "甲"), (" 10.0.0.1（北京）", "乙"), ("10.0.0.2", ""), ("", "甲")]
    rows = [{**answer(n), "ip": ip, "device": device} for n, (ip, device) in enumerate(senders)]
    made = code(study, write_csv(tmp_path / "a.csv", rows, heading)).responses
    first, second, third, none = made["ip_key"].to_pylist()
    assert first == second != third
    assert none is None
    devices = made["device_key"].to_pylist()
    assert (devices[0] == devices[3] != devices[1], devices[2]) == (True, None)


def test_every_metadata_heading_has_a_target() -> None:
    assert set(META_HEADINGS) <= set(META_TARGETS)
    assert set(META.values()) - {""} <= set(META_TARGETS)


def test_mode_and_wave_of_the_file(study: Study, tmp_path: Path) -> None:
    heading = (*HEADING, "mode", "wave")
    rows = [
        {**answer(1), "mode": "入户面访", "wave": "W1"},
        {**answer(2), "mode": "online", "wave": ""},
        {**answer(3), "mode": "信件", "wave": "W1"},
        {**answer(4), "mode": "", "wave": "W2"},
    ]
    wave = replace(study.wave("W1"), modes=("household", "online"))
    made = code(replace(study, waves=(wave,)), write_csv(tmp_path / "a.csv", rows, heading))
    assert made.responses["mode"].to_pylist() == ["household", "online"]
    assert counts(made) == {IssueCode.UNKNOWN_MODE: 1, IssueCode.OTHER_WAVE: 1, IssueCode.EMPTY_MODE: 1}


def test_flags_in_columns_of_their_own(study: Study, tmp_path: Path) -> None:
    heading = [name for name in HEADING if name not in ("B1", "B1.other")]
    flags = ["B1.1", "B1.2", "B1.3", "B1.4", "B1.97", "B1.other"]
    table = [[*heading, *flags]]
    for number, cells in enumerate((["1", "0", "", "否", "", "喇叭"], [""] * 6, ["是", "报纸", "0", "0", "0", ""])):
        table.append([*(answer(number)[name] for name in heading), *cells])
    made = code(study, write_xlsx(tmp_path / "a.xlsx", table))
    rows = made.responses.to_pylist()
    assert [[row[f"B1.{n}"] for n in (1, 2, 3, 4, 97)] for row in rows] == [[1, 0, 0, 0, 1], [-2, -2, -2, -2, -2]]
    assert counts(made) == {IssueCode.UNKNOWN_CODE: 1}


def test_trap_cells(tmp_path: Path, study: Study) -> None:
    """Read the sample with titles, bands, full-width and traditional characters, totals and a repeated id."""
    from dataclasses import replace

    from survey.instrument.questionnaire import parse_questionnaire
    from tests.survey.small_study import EXPORTS

    levels = [{"value": n, "text": text} for n, text in enumerate(("很满意", "满意", "一般"), start=1)]
    titles = zip("EFG", ("环境", "交通", "窗口"), strict=True)
    grid = [{"type": "radiogroup", "name": name, "title": title, "choices": levels} for name, title in titles]
    age = {"type": "text", "inputType": "number", "name": "S1", "title": "年龄", "min": 10, "max": 110}
    texts = [{"type": "comment", "name": name, "title": title} for name, title in (("P", "电话"), ("H", "意见"))]
    pages = [{"name": "p", "elements": [age, *grid, *texts]}]
    trap = parse_questionnaire({"instrumentId": "trap", "instrumentVersion": "1", "title": "t", "pages": pages})
    made = code(replace(study, questionnaire=trap), EXPORTS / "trap_cells.xlsx", mode="online")
    rows = {row["source_row"]: row for row in made.responses.to_pylist()}
    assert sorted(rows) == [4, 6, 7]
    assert [rows[row]["S1"] for row in (4, 6, 7)] == [35, 52, 52]
    assert [(rows[row]["E"], rows[row]["F"], rows[row]["G"]) for row in (4, 6, 7)] == [(2, 1, 3)] * 3
    assert rows[4]["submitted"].isoformat() == "2026-11-03T09:12:05"
    assert rows[6]["submitted"].isoformat() == "2026-11-03T10:26:00"
    assert rows[4]["response_id"] == "001"
    texts = [text["text"] for text in made.texts.to_pylist() if text["response_id"] == "001"]
    assert texts == ["13800138000", "=cmd|calc!A1"]
    assert [row["row"] for row in made.rejected.to_pylist()] == [5, 10]  # 四十一; a total without an id
    assert made.rows_in == 5
    assert counts(made)[IssueCode.SUMMARY_ROW] == 1
    assert counts(made)[IssueCode.HIDDEN_SHEET] == 1


CELLS = ["", " ", "1", "2", "97", "知道", "满意", "男", "x", "1|3", "=1+1", "#错误", "\u3000", "9" * 30, '"', "-2"]
JUNK = st.sampled_from(CELLS)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.fixed_dictionaries(dict.fromkeys(HEADING, JUNK)), min_size=1, max_size=6),
    keep_partial=st.booleans(),
)
def test_rows_are_either_stored_or_rejected(
    rows: list[dict[str, str]], keep_partial: bool, study: Study, tmp_path: Path
) -> None:
    filled = [row for row in rows if any(cell.strip() for cell in row.values())]
    if not filled:
        return
    made = coded(study, tmp_path, rows, keep_partial=keep_partial)
    assert made.rows_in == len(filled)
    assert made.responses.num_rows + made.rejected.num_rows == made.rows_in
    for item in study.questionnaire.items:
        known = {choice.code for choice in item.choices} if item.form == "code" else {0, 1}
        values = set(made.responses[item.name].drop_null().to_pylist())
        if not study.questionnaire.question(item.question).type.numeric:
            assert values <= known | {-2}
    assert not set(FIXED.names) & {item.name for item in study.questionnaire.items}
