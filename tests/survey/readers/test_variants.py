"""Variants of the exports of tools: labels in place of names, one column or several, and tool-specific pitfalls."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from survey.errors import CodingError, ReadError, StoreError
from survey.importing import ingest
from survey.importing.preview import Preview
from survey.instrument.questionnaire import Questionnaire
from survey.readers import registry
from survey.readers.cells.issues import IssueCode
from survey.readers.files.opening import open_file
from survey.readers.tables.read_table import Guide
from survey.readers.tools.wjx_push import delivered, is_genuine, signature
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.survey.readers.test_exports import stored
from tests.survey.small_study import EXPORTS, wm_study

Table = list[list[str]]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return wm_study(tmp_path / "study")


@pytest.fixture
def truth() -> list[dict[str, str]]:
    with (EXPORTS / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def load(name: str, separator: str = ",") -> Table:
    text = (EXPORTS / name).read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def save(path: Path, table: Sequence[Sequence[str]], encoding: str = "utf-8-sig", separator: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows(table)
    return path


def imported(study: Study, path: Path) -> Preview:
    return ingest.import_files(study, [path], "W1").preview


def same(study: Study, truth: list[dict[str, str]]) -> bool:
    return stored(study) == [{name: row[name] for name in stored(study)[0]} for row in truth]


def worded(study: Study, table: Table, first: int, name_of: Callable[[str], str]) -> None:
    """Replace the codes of single questions by labels, in place."""
    questions = {question.name: question for question in study.questionnaire.questions}
    for column, heading in enumerate(table[0]):
        question = questions.get(name_of(heading).partition("/")[0].partition("[")[0])
        if question is None or question.type.name not in ("single", "matrix"):
            continue
        labels = {str(choice.code): choice.label for choice in question.choices}
        for row in table[first:]:
            row[column] = labels.get(row[column].removeprefix("A"), row[column])


def titled(questionnaire: Questionnaire, name: str, joiner: str, close: str = "") -> str:
    """Return the titled form of headings: q5/env as 题目/环境卫生, q2/1 as 题目/电视、广播."""
    stem, _, part = name.replace("[", "/").replace("]", "").partition("/")
    question = next((one for one in questionnaire.questions if one.name == stem), None)
    if question is None:
        return name
    rows = {row.name: row.label for row in question.rows}
    options = {("other" if one.code == 97 else str(one.code)): one.label for one in question.choices}
    wording = rows.get(part) or options.get(part.removeprefix("SQ00")) or part
    return f"{question.title}{joiner}{wording}{close}" if part else question.title


def test_kobo_with_labels_and_groups(study: Study, tmp_path: Path, truth: list[dict[str, str]]) -> None:
    table = load("kobo_export.csv", ";")
    worded(study, table, 1, str)
    named = [titled(study.questionnaire, heading, "/") for heading in table[0]]
    # a question without a label keeps its name; all questions are in groups
    table[0] = [
        f"核心问题/{old}" if old == new else f"第一部分/核心问题/{new}"
        for old, new in zip(table[0], named, strict=True)
    ]
    meta = {"核心问题/start": "start", "核心问题/end": "end"}
    table[0] = [
        meta.get(text, text.removeprefix("核心问题/") if "/_" in text or "q2_other" in text else text)
        for text in table[0]
    ]
    assert imported(study, save(tmp_path / "a.csv", table, separator=";")).rejected == 0
    assert same(study, truth)


@pytest.mark.parametrize("kept", ["whole", "split"])
def test_kobo_select_multiple_either_way(kept: str, study: Study, tmp_path: Path, truth: list[dict[str, str]]) -> None:
    table = load("kobo_export.csv", ";")
    drop = [i for i, name in enumerate(table[0]) if (name.startswith("q2/") if kept == "whole" else name == "q2")]
    table = [[cell for i, cell in enumerate(row) if i not in drop] for row in table]
    assert imported(study, save(tmp_path / "a.csv", table)).rejected == 0
    assert same(study, truth)


def test_kobo_without_start_and_end_takes_the_server_time(
    study: Study, tmp_path: Path, truth: list[dict[str, str]]
) -> None:
    table = [row[2:] for row in load("kobo_export.csv", ";")]
    imported(study, save(tmp_path / "a.csv", table))
    assert [row["submitted"] for row in stored(study)] == [row["submitted"] for row in truth]


def test_limesurvey_with_labels(study: Study, tmp_path: Path, truth: list[dict[str, str]]) -> None:
    table = load("limesurvey_results-survey123456.csv")[:-1]  # without the unfinished answer
    worded(study, table, 1, str)
    table[0] = [titled(study.questionnaire, heading, " [", "]") for heading in table[0]]
    for row in table[1:]:
        row[:] = [{"Y": "是", "N": "否"}.get(cell, cell) for cell in row]
    preview = imported(study, save(tmp_path / "a.csv", table))
    assert (preview.new, preview.rejected) == (14, 0)
    assert same(study, truth)


def test_limesurvey_ids_differ_between_surveys(study: Study, tmp_path: Path) -> None:
    table = load("limesurvey_results-survey123456.csv")
    imported(study, save(tmp_path / "a.csv", table))
    seed = table[0].index("seed")
    for row in table[1:]:
        row[seed] += "7"  # another survey numbers its responses from 1 as well
    preview = ingest.stage(study, [save(tmp_path / "b.csv", table)], "W1")
    assert preview.new == 15
    assert [one.kind for one in preview.confirmations] == ["same-answers"]  # here their answers are the same


def test_limesurvey_without_seed_keeps_the_unfinished_and_knows_them_when_they_are_finished(
    study: Study, tmp_path: Path
) -> None:
    table = [[cell for at, cell in enumerate(row) if at != 4] for row in load("limesurvey_results-survey123456.csv")]
    preview = imported(study, save(tmp_path / "a.csv", table))
    assert (table[0][4], preview.new, preview.rejected) == ("startdate", 15, 0)
    assert preview.comparison.responses["response_id"][0].as_py() == "lime1-20261103090942"
    (unfinished,) = (row for row in table[1:] if not row[1])
    unfinished[1] = "2026-11-05 10:00:00"  # finished two days later
    for row in table[1:]:
        row[4] = row[4].replace("-", "/")  # and exported with another format of dates
    preview = ingest.stage(study, [save(tmp_path / "b.csv", table)], "W1")
    assert (preview.new, preview.unchanged + preview.changed, preview.rejected) == (0, 15, 0)


def test_qualtrics_with_choice_texts_and_another_zone(
    study: Study, tmp_path: Path, truth: list[dict[str, str]]
) -> None:
    table = load("qualtrics_export.csv")
    worded(study, table, 3, lambda name: "q5" if name.startswith("q5_") else name)
    many = table[0].index("q2")
    labels = {str(choice.code): choice.label for choice in study.questionnaire.question("q2").choices} | {
        "9": "其他（请注明）"
    }
    for row in table[3:]:
        row[many] = ",".join(labels[code] for code in row[many].split(",") if code)
        row[table[0].index("EndDate")] = row[table[0].index("EndDate")].replace("2026-11-03", "2026-11-02")
    table[2] = [cell.replace("Asia/Shanghai", "Pacific/Kiritimati") for cell in table[2]]
    preview = imported(study, save(tmp_path / "a.csv", table))
    assert (preview.new, preview.rejected) == (14, 1)
    hours = {row["submitted"][11:13] for row in stored(study)}
    assert "03" in hours  # 09:12 at UTC+14 is 03:12 in China
    assert [row["q2"] for row in stored(study)] == [row["q2"] for row in truth]


def test_tencent_in_gbk_with_single_letters(study: Study, tmp_path: Path, truth: list[dict[str, str]]) -> None:
    table = load("tencent_9799234_202611032030311613.csv")
    assert imported(study, save(tmp_path / "a.csv", table, encoding="gb18030")).rejected == 0
    assert same(study, truth)


def test_jinshuju_with_a_form_definition_in_another_order(
    study: Study, tmp_path: Path, truth: list[dict[str, str]]
) -> None:
    lines = [json.loads(line) for line in (EXPORTS / "jinshuju_entries.jsonl").read_text(encoding="utf-8").splitlines()]
    count = len(study.questionnaire.questions)
    for line in lines:  # the fields are numbered backwards
        entry = line["entry"]
        held = {f"field_{count + 1 - n}": entry.pop(f"field_{n}") for n in range(1, count + 1)}
        entry.update(held)
    titles = [question.title for question in study.questionnaire.questions]
    fields = [{f"field_{count - n}": {"label": title}} for n, title in enumerate(titles)]
    (tmp_path / "a.json").write_text(
        json.dumps([{"name": "f", "fields": fields}, *lines], ensure_ascii=False), encoding="utf-8"
    )
    assert imported(study, tmp_path / "a.json").rejected == 0
    assert same(study, truth)


def test_jinshuju_is_rejected_if_the_order_is_unreliable(study: Study, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in (EXPORTS / "jinshuju_entries.jsonl").read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["entry"]["field_1"], line["entry"]["field_3"] = line["entry"]["field_3"], line["entry"]["field_1"]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    with pytest.raises(CodingError, match="不知道每个 field"):
        imported(study, path)


def test_a_broken_line_of_json_is_set_aside(study: Study, tmp_path: Path) -> None:
    text = (EXPORTS / "jinshuju_entries.jsonl").read_text(encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(text.rstrip() + '\n{"form": "断', encoding="utf-8")
    preview = imported(study, tmp_path / "a.jsonl")
    assert (preview.rows_in, preview.new, preview.rejected) == (15, 14, 1)
    assert preview.issue_count[IssueCode.BROKEN_ROW] == 1


def test_jinshuju_unknown_option_is_rejected_and_not_lost(study: Study, tmp_path: Path) -> None:
    text = (EXPORTS / "jinshuju_entries.jsonl").read_text(encoding="utf-8").replace('"报纸"', '"杂志"')
    (tmp_path / "a.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(CodingError):
        imported(study, tmp_path / "a.jsonl")  # the order is no longer reliable
    (study.root / "mapping.toml").write_text(
        "confirmed = true\n[headings]\n"
        + "\n".join(f'"field_{n}" = "{q.name}"' for n, q in enumerate(study.questionnaire.questions, start=1)),
        encoding="utf-8",
    )
    preview = imported(study, tmp_path / "a.jsonl")
    assert (preview.new, preview.rejected) == (13, 1)


def push(**more: str) -> dict[str, str]:
    pushed: dict[str, str] = json.loads((EXPORTS / "wjx_push.json").read_text(encoding="utf-8"))
    return pushed | more


def test_a_push_is_read_by_position(study: Study, tmp_path: Path) -> None:
    one = push(q7_1="1", q7_2="4", q7_3="2", q7_4="6", q10="2", q11="6", q12="3")
    (tmp_path / "a.jsonl").write_text(
        "\n".join(json.dumps(one | {"joinid": str(n)}) for n in range(3)), encoding="utf-8"
    )
    preview = imported(study, tmp_path / "a.jsonl")
    assert (preview.new, preview.rejected, preview.files[0]["reader"]) == (3, 0, "wjx_push")
    row = stored(study)[0]
    assert (row["q1"], row["q2"], row["q3"], row["q5.env"], row["q5.community"]) == ("1", "3|4", "1", "1", "98")
    assert (row["d2"], row["d3"], row["duration"]) == ("99", "3", "143")
    assert preview.issue_count[IssueCode.LOST_TEXT] == 1


def test_a_push_requires_a_valid_signature() -> None:
    secret = "钥匙"
    good = push(sign=signature("123456", "1", secret))
    assert is_genuine(good, secret)
    assert is_genuine(good | {"sign": good["sign"].upper()}, secret)
    for bad in (push(), good | {"index": "2"}, good | {"activity": "9"}, good | {"sign": ""}, {}, {"sign": "é"}):
        assert not is_genuine(bad, secret)
    assert not is_genuine(push(sign=signature("123456", "1", "")), "")
    assert delivered(good) == "101812480275"


def test_value_labels_take_precedence_over_numbers(study: Study, tmp_path: Path) -> None:
    """The file numbers the options in reverse, as its labels show."""
    import pyreadstat

    frame, meta = pyreadstat.read_sav(str(EXPORTS / "spss_export.sav"), user_missing=True)
    frame["d1"] = frame["d1"].map({1: 2, 2: 1})
    labels = {**meta.variable_value_labels, "d1": {2: "男", 1: "女"}}
    pyreadstat.write_sav(frame, str(tmp_path / "a.sav"), variable_value_labels=labels)
    imported(study, tmp_path / "a.sav")
    made = [row["d1"] for row in stored(study)]
    imported(wm_study(tmp_path / "two"), EXPORTS / "spss_export.sav")
    assert made == ["1", "2", "2", "1", "2", "2", "1", "1", "1", "2", "1", "2", "", "1"]


def test_a_renamed_file_without_ids_is_rejected(study: Study, tmp_path: Path) -> None:
    imported(study, EXPORTS / "spss_export.sav")
    (tmp_path / "改名.sav").write_bytes((EXPORTS / "spss_export.sav").read_bytes())
    with pytest.raises(ReadError, match="改名后又来导入"):
        imported(study, tmp_path / "改名.sav")


@pytest.mark.parametrize("name", ["spss_export.sav", "stata_export.dta"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_truncated_statistics_file_is_reported(name: str, share: float, study: Study, tmp_path: Path) -> None:
    whole = (EXPORTS / name).read_bytes()
    (tmp_path / "a.bin").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ReadError, match=r"损坏或不完整|没有答卷"):
        registry.read(open_file(tmp_path / "a.bin"), Guide(study.questionnaire))


def test_another_sheet_with_rows_is_reported(study: Study, tmp_path: Path) -> None:
    import xlsxwriter

    table = load("kobo_export.csv", ";")
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        for name, rows in (("东城", table), ("西城", table[:5])):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    preview = imported(study, tmp_path / "a.xlsx")
    assert preview.new == 14
    assert [issue.column for issue in preview.issues if issue.code is IssueCode.OTHER_SHEET] == ["西城"]


def test_a_file_that_changes_while_it_is_read_is_not_written(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((EXPORTS / "kobo_export.csv").read_bytes())
    preview = ingest.stage(study, [path], "W1")
    path.write_bytes(path.read_bytes().replace("村里大喇叭".encode(), "别人改的".encode()))
    with pytest.raises(StoreError, match="被改动"):
        ingest.commit(preview)
    assert ResponseStore(study.root / "store").version is None


def test_garbled_texts_are_kept_and_reported(study: Study, tmp_path: Path) -> None:
    text = (EXPORTS / "kobo_export.csv").read_text(encoding="utf-8-sig")
    wrong = "希望多组织志愿活动".encode().decode("gbk", errors="replace")
    path = tmp_path / "a.csv"
    path.write_text(text.replace("希望早晚高峰路口的交通秩序再好一些", wrong), encoding="utf-8")
    preview = imported(study, path)
    assert preview.issue_count[IssueCode.GARBLED] == 1
    assert wrong in {row["text"] for row in ResponseStore(study.root / "store").texts().to_pylist()}


def test_traditional_wordings_and_inserted_readings_match(
    study: Study, tmp_path: Path, truth: list[dict[str, str]]
) -> None:
    text = (EXPORTS / "wjx_text_utf8bom.csv").read_text(encoding="utf-8-sig")
    text = text.replace(",很满意,", ",很滿(mǎn)意,").replace(",研究生,", ",研究（jiū）生,")
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    assert imported(study, path).rejected == 0
    for made, right in zip(stored(study), truth, strict=True):
        assert made | {"q7": ""} == {name: right[name] for name in made} | {"q7": ""}  # the text itself stays as given
    assert "很滿(mǎn)意" in {row["text"] for row in ResponseStore(study.root / "store").texts().to_pylist()}
