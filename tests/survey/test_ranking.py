"""A ranking question (排序题) from the lint to the rates: one type, all rooms."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyreadstat
import pytest

from analysis.areas.importance import importance_rates
from analysis.decisions.waves.comparable_wording import wording
from analysis.estimation.sample import prepare
from survey.collect.draining.drain import drain
from survey.collect.form.formspec import form_of, most_choices
from survey.collect.form.printing import paper_pdf
from survey.collect.inbox.inbox import Submission
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.settings import collect_settings
from survey.collect.submission.fast_path import FastReader
from survey.collect.submission.fast_types import Bounds
from survey.collect.submission.validation import Validator
from survey.formats.codebook import dataset_of, variables_of
from survey.formats.stats import write_sav
from survey.formats.xlsform.read import read_xlsform
from survey.formats.xlsform.write import write_xlsform
from survey.importing import ingest
from survey.importing.mapping import propose_for
from survey.instrument.lint.lint import lint_questionnaire
from survey.instrument.question import BLANK
from survey.instrument.questionnaire import Questionnaire, parse_questionnaire
from survey.mock import MockSpec, draw
from survey.quality.effort.ordered import opinion_items
from survey.quality.sheet import open_sheet
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.survey.collect.town import uuid7
from tests.survey.small_study import HEADING, PSU, QUESTIONNAIRE, answer, make_study, write_csv, write_xlsx

RANKING: Mapping[str, Any] = {
    "type": "ranking",
    "name": "R1",
    "title": "最需要改进的是哪些？",
    "isRequired": True,
    "role": "importance",
    "selectToRankEnabled": True,
    "maxSelectedChoices": 2,
    "choices": [
        {"value": 1, "text": "路灯"},
        {"value": 2, "text": "停车"},
        {"value": 3, "text": "噪音"},
        {"value": 9, "text": "排水"},
    ],
    "measure": "participation",
    "measurePositive": [1, 9],
    "measureEach": True,
    "measureOverall": True,
}
FOLLOWING = {"type": "comment", "name": "R2", "title": "噪音从哪里来？", "visibleIf": "{R1} contains 3"}
ITEMS = ("R1.1", "R1.2", "R1.3", "R1.9")
GIVEN = {"S1": 30, "A1": 2, "J1": 1}


def survey(**more: Any) -> dict[str, Any]:
    """The small questionnaire with a ranking and a question that follows from it."""
    made: dict[str, Any] = json.loads(json.dumps(QUESTIONNAIRE))
    made["pages"][0]["elements"] += [{**RANKING, **more}, {**FOLLOWING}]
    return made


@pytest.fixture(scope="module")
def asked() -> Questionnaire:
    return parse_questionnaire(survey())


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = make_study(tmp_path / "study")
    (made.root / "questionnaire.json").write_text(json.dumps(survey(), ensure_ascii=False), encoding="utf-8")
    return load_study(made.root)


def stored(study: Study) -> list[list[int | None]]:
    rows = ResponseStore(study.root / "store").read().sort_by("response_id").to_pylist()
    return [[row[name] for name in ITEMS] for row in rows]


def test_every_option_has_a_column_with_its_place(asked: Questionnaire) -> None:
    items = asked.question("R1").items
    assert [(item.name, item.option, item.chosen) for item in items] == [
        (name, code, (1, 2)) for name, code in zip(ITEMS, (1, 2, 3, 9), strict=True)
    ]
    assert [(choice.code, choice.label) for choice in items[0].choices] == [(1, "第1位"), (2, "第2位"), (0, "未选")]


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"showOtherItem": True}, "showOtherItem"),
        ({"choices": [{"value": 1, "text": "路灯"}]}, "choices"),
        ({"choices": [{"value": 1, "text": "甲"}, {"value": 1, "text": "乙"}]}, "choices"),
        ({"role": "sex"}, "role"),
        ({"measurePositive": [4]}, "measurePositive"),
    ],
)
def test_the_lint_reports_invalid_rankings(more: dict[str, Any], key: str) -> None:
    assert key in "".join(str(found) for found in lint_questionnaire(survey(**more)) if found.level == "error")


@pytest.mark.parametrize(
    ("condition", "fine"),
    [
        ("{R1} contains 3", True),
        ("{R1} anyof [1, 3] or {R1} = 9", True),
        ("{R1} = [1, 3]", False),
        ("{A1} = 1 and !({R1} <> [1, 3])", False),
    ],
)
def test_a_condition_may_not_compare_whole_orders(condition: str, fine: bool) -> None:
    made = survey()
    made["pages"][0]["elements"][-1]["visibleIf"] = condition
    assert (lint_questionnaire(made) == ()) is fine


def test_a_rate_of_a_whole_order_would_always_be_all() -> None:
    made = survey()
    del made["pages"][0]["elements"][-2]["maxSelectedChoices"]
    assert any("maxSelectedChoices" in str(found) for found in lint_questionnaire(made))
    assert not lint_questionnaire(survey())


@pytest.mark.parametrize(
    ("value", "reasons"),
    [
        ([9, 1], []),
        ([3], ["required"]),  # the question that follows
        ([], ["required"]),
        ([1, 1], ["code"]),
        ([4], ["code"]),
        ([1, 2, 9], ["many"]),
        (1, ["kind"]),
        (["1"], ["code"]),
        ({"1": 1}, ["kind"]),
    ],
)
def test_the_server_checks_a_ranking(value: Any, reasons: list[str]) -> None:
    raw = survey()
    raw["pages"][0]["elements"][-1]["isRequired"] = True
    validator = Validator(parse_questionnaire(raw), most=most_choices(raw))
    found = validator.check({**GIVEN, "R1": value})
    assert [problem.reason for problem in found] == reasons


def test_the_fast_path_takes_what_the_long_way_takes(asked: Questionnaire) -> None:
    most = {"R1": 2}
    validator = Validator(asked, most=most)
    reader = FastReader(asked, validator.rules, bounds=Bounds(most, "S1", 14), places={PSU})
    chance, taken = random.Random(5), 0
    for _ in range(400):
        value = [chance.choice([1, 2, 3, 9, 9, 4, "other"]) for _ in range(chance.randint(0, 3))]
        content = {"id": uuid7(), "seconds": 9, "consent": {"agreed": True}, "answers": {**GIVEN, "R1": value}}
        read = reader.read(json.dumps(content).encode())
        assert (read is not None) is (validator.check(content["answers"]) == [])
        taken += read is not None
    assert 50 < taken < 350


def test_the_form_and_the_paper_know_it(study: Study) -> None:
    form = next(one for one in form_of(study.questionnaire, survey())["questions"] if one["name"] == "R1")
    assert (form["kind"], form["most"], form["required"]) == ("ranking", 2, True)
    assert [choice["code"] for choice in form["choices"]] == [1, 2, 3, 9]
    assert paper_pdf(study, collect_settings(study), survey()).startswith(b"%PDF")


def test_an_order_sent_by_phone_reaches_the_store(study: Study) -> None:
    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    sent = ({"R1": [9, 1]}, {"R1": [3], "R2": "工地"}, {})
    for number, answers in enumerate(sent):
        identity = f"019a0000-0000-7000-8000-00000000000{number}"
        content = {"id": identity, "seconds": 60, "consent": {"agreed": True}, "answers": {**GIVEN, **answers}}
        body = json.dumps(content).encode()
        submission = Submission(
            UUID(identity).bytes, "small", "W1", "household", "v", PSU, 1_804_000_000_000,
            hashlib.sha256(body).digest(), None, "d", "a", "", body,
        )  # fmt: skip
        backend.write([submission])
    assert drain(study, backend).moved == 3
    backend.close()
    assert stored(study) == [[2, 0, 0, 1], [0, 0, 1, 0], [BLANK] * 4]


@pytest.mark.parametrize(
    ("cell", "places"),
    [
        ("排水→路灯", [2, 0, 0, 1]),
        ("排水 > 路灯", [2, 0, 0, 1]),
        ("9|1", [2, 0, 0, 1]),
        ("停车", [0, 1, 0, 0]),
        ("", [BLANK] * 4),
    ],
)
def test_a_file_with_the_order_in_one_cell(cell: str, places: list[int], study: Study) -> None:
    path = write_csv(study.root / "a.csv", [{**answer(1, A1="2", B1=""), "R1": cell}], (*HEADING, "R1"))
    ingest.import_files(study, [path], "W1", mode="household")
    assert stored(study) == [places]


@pytest.mark.parametrize("cell", ["排水→路灯→停车", "排水→收音机", "→路灯"])
def test_an_order_that_cannot_be_is_refused(cell: str, study: Study) -> None:
    path = write_csv(study.root / "a.csv", [{**answer(1, A1="2", B1=""), "R1": cell}], (*HEADING, "R1"))
    done = ingest.import_files(study, [path], "W1", mode="household")
    assert (done.preview.new, done.preview.rejected) == (0, 1)


def test_a_file_with_a_column_for_every_option(study: Study) -> None:
    rows = [
        {**answer(1, A1="2", B1=""), **dict(zip(ITEMS, ("2", "", "", "1"), strict=True))},
        {**answer(2, A1="2", B1=""), **dict(zip(ITEMS, ("第1位", "0", "未选", "0"), strict=True))},
        {**answer(3, A1="2", B1=""), **dict(zip(ITEMS, ("", "", "", ""), strict=True))},
    ]
    ingest.import_files(study, [write_csv(study.root / "a.csv", rows, (*HEADING, *ITEMS))], "W1", mode="household")
    assert stored(study) == [[2, 0, 0, 1], [1, 0, 0, 0], [BLANK] * 4]
    wrong = write_csv(study.root / "b.csv", [{**rows[0], "R1.1": "7", "response_id": "x"}], (*HEADING, *ITEMS))
    done = ingest.import_files(study, [wrong], "W1", mode="household")
    assert done.preview.rejected == 1
    assert "第1位(1)、第2位(2)、未选(0)" in str(done.preview.coded[0].issues.first()[0])


WJX = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "社区编码")
GRID = ("4、您满意吗？—环境", "4、交通")


def wjx(path: Path, heading: tuple[str, ...], *rows: tuple[str, ...]) -> Path:
    """An export of 问卷星 with these questions."""
    about = [("1", "2027/3/2 10:00:00", "143秒", "微信", "N/A", "117.136.1.9(广东-广州)", str(PSU))] * len(rows)
    table = [
        (*WJX, *heading),
        *((str(n), *one[1:], *row) for n, (one, row) in enumerate(zip(about, rows, strict=True))),
    ]
    return write_xlsx(path, table)


def test_an_export_of_wjx_by_text(study: Study) -> None:
    heading = (
        "1、您的年龄",
        "2、您知道吗？",
        "4、您满意吗？—环境",
        "4、交通",
        "7、最需要改进的是哪些？",
        "6、您的性别",
    )
    rows = [("30", "不知道", "满意", "满意", "排水→路灯", "男"), ("40", "不知道", "满意", "满意", "(跳过)", "女")]
    done = ingest.import_files(study, [wjx(study.root / "a.xlsx", heading, *rows)], "W1", mode="household")
    assert (done.preview.new, done.preview.rejected) == (2, 0)
    assert stored(study) == [[2, 0, 0, 1], [None] * 4]


def test_an_export_of_wjx_with_places_by_option(study: Study) -> None:
    parts = ("7、最需要改进的是哪些？(路灯)", "7、(停车)", "7、(噪音)", "7、(排水)")
    heading = ("1、您的年龄", "2、您知道吗？", *GRID, *parts, "8、您的性别")
    rows = [("30", "2", "1", "1", "2", "-2", "-2", "1", "1"), ("31", "2", "1", "2", "-2", "-2", "1", "-2", "2")]
    ingest.import_files(study, [wjx(study.root / "a.xlsx", heading, *rows)], "W1", mode="household")
    assert stored(study) == [[2, 0, 0, 1], [0, 0, 1, 0]]


def test_limesurvey_names_places_and_not_options_so_its_columns_are_left_out(study: Study) -> None:
    heading = [
        "id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp",
        "psu", "S1", "A1", "E[E1]", "E[E2]", "J1", "R1[1]", "R1[2]",
    ]  # fmt: skip
    row = ["1", "2027-03-02 10:00:00", "1", "zh", "77", "2027-03-02 09:58:00", "2027-03-02 10:00:00",
           str(PSU), "30", "A2", "A1", "A1", "A1", "2", "1"]  # fmt: skip
    path = study.root / "lime.csv"
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in line) for line in (heading, row)), encoding="utf-8")
    done = ingest.import_files(study, [path], "W1", mode="household")
    assert done.preview.new == 1
    assert stored(study) == [[None] * 4]


def test_a_renamed_heading_is_proposed(study: Study) -> None:
    table = [["编号", "您的年龄", "最需要改进的有哪些（排序）"], ["1", "30", "排水→路灯"], ["2", "31", "停车→噪音"]]
    found = propose_for(write_xlsx(study.root / "a.xlsx", table), study.questionnaire)
    assert [match.target for match in found.headings][-1] == "R1"


def test_the_codebook_and_spss_label_the_ranks(study: Study, tmp_path: Path) -> None:
    path = write_csv(study.root / "a.csv", [{**answer(1, A1="2", B1=""), "R1": "排水→路灯"}], (*HEADING, "R1"))
    ingest.import_files(study, [path], "W1", mode="household")
    variable = next(one for one in variables_of(study.questionnaire, texts=False) if one.name == "R1.9")
    assert variable.label == "最需要改进的是哪些？：排水"
    assert variable.labels == {1: "第1位", 2: "第2位", 0: "未选", BLANK: "未答"}
    out = tmp_path / "a.sav"
    write_sav(dataset_of(study, ResponseStore(study.root / "store").read(), None), out)
    frame, meta = pyreadstat.read_sav(str(out))
    assert frame["R1.9"].tolist() == [1.0]
    assert meta.variable_value_labels["R1.9"][1.0] == "第1位"
    back = make_study(tmp_path / "back")
    (back.root / "questionnaire.json").write_text(json.dumps(survey(), ensure_ascii=False), encoding="utf-8")
    ingest.import_files(load_study(back.root), [out], "W1", mode="household")
    assert stored(back) == [[2, 0, 0, 1]]


def test_an_xlsform_comes_back_and_a_foreign_rank_is_read(tmp_path: Path) -> None:
    source, form = tmp_path / "q.json", tmp_path / "q.xlsx"
    source.write_text(json.dumps(survey(), ensure_ascii=False), encoding="utf-8")
    write_xlsform(source, form)
    back = parse_questionnaire(read_xlsform(form))
    there = parse_questionnaire(survey())
    assert back.question("R1") == there.question("R1")
    assert back.question("R2").visible_if == there.question("R2").visible_if
    assert [rate.terms for rate in back.rates] == [rate.terms for rate in there.rates]
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx")) as book:
        sheet = book.add_worksheet("survey")
        sheet.write_row(0, 0, ["type", "name", "label"])
        sheet.write_row(1, 0, ["rank what", "r", "请排序"])
        choices = book.add_worksheet("choices")
        choices.write_row(0, 0, ["list_name", "name", "label"])
        for row, (code, label) in enumerate([("1", "路灯"), ("2", "停车")], start=1):
            choices.write_row(row, 0, ["what", code, label])
    question = parse_questionnaire(read_xlsform(tmp_path / "b.xlsx")).question("r")
    assert (question.type.name, [item.name for item in question.items]) == ("ranking", ["r.1", "r.2"])


def test_rates_count_what_was_named_at_any_place(study: Study) -> None:
    cells = ["排水→路灯", "停车→排水", "停车→噪音", "噪音", ""] * 4
    rows = [{**answer(number, A1="2", B1=""), "R1": cell} for number, cell in enumerate(cells)]
    ingest.import_files(study, [write_csv(study.root / "a.csv", rows, (*HEADING, "R1"))], "W1", mode="household")
    asked = study.questionnaire
    rate = asked.headline("participation")
    assert rate is not None
    assert rate.terms == (("R1.1", (1, 2)), ("R1.9", (1, 2)))
    assert wording(asked, rate)["计入"] == "路灯、排水"
    assert {one.name: one.terms for one in importance_rates(asked)}["R1.3"] == (("R1.3", (1, 2)),)
    sample = prepare(ResponseStore(study.root / "store").read(), asked, study.areas, study.margins)
    found = sample.rates(item=["R1", "R1.1", "R1.9"]).table.set_index("item")
    assert found["estimate"].to_dict() == pytest.approx({"R1": 0.5, "R1.1": 0.25, "R1.9": 0.5})
    assert found["n"].tolist() == [16, 16, 16]


def test_ranks_are_no_opinion_items_of_the_integrity_signals(study: Study) -> None:
    path = write_csv(study.root / "a.csv", [{**answer(1, A1="2", B1=""), "R1": "排水→路灯"}], (*HEADING, "R1"))
    ingest.import_files(study, [path], "W1", mode="household")
    sheet = open_sheet(ResponseStore(study.root / "store").read(), study.questionnaire)
    assert {sheet.items[at].question for at in opinion_items(sheet)} == {"A1", "E"}


def test_the_mock_city_draws_orders() -> None:
    text = (resources.files("survey") / "template" / "questionnaire.json").read_text(encoding="utf-8")
    template = json.loads(text)
    asked_so = {key: value for key, value in RANKING.items() if not key.startswith("measure")}
    template["pages"][-1]["elements"].append({**asked_so, "role": "barrier"})
    asked = parse_questionnaire(template)
    city = draw(MockSpec(seed=3, districts=3, responses=900, online=False), asked)
    table = city.responses()
    places = np.stack([table[name].to_numpy(zero_copy_only=False) for name in ITEMS])
    known = places[:, np.isfinite(places[0]) & (places[0] != BLANK)]
    assert known.shape[1] > 300
    assert (np.sort(known, axis=0) == np.array([[0], [0], [1], [2]])).all(), "two are named, at places 1 and 2"
    assert len({tuple(column) for column in known.T}) > 6, "in more than one order"
    assert all(set(ITEMS) <= set(file.column_names) for _, file in city.files())
