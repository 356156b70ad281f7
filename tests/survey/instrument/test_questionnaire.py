"""Reading a questionnaire: columns, rates, roles, and errors with their places."""

import json
from collections import Counter
from pathlib import Path

import pytest

from survey.errors import QuestionnaireError
from survey.instrument.questionnaire import (
    MEASURES,
    OTHER,
    ROLES,
    Questionnaire,
    parse_questionnaire,
    read_questionnaire,
)

ROOT = Path(__file__).parents[3]
DEFAULT = ROOT / "data" / "demo" / "questionnaire.json"
SAMPLE = Path(__file__).parent.parent / "data" / "wm_questionnaire.surveyjs.json"
GROUPS = {"人文环境", "市容环境秩序", "市政设施", "文明交通行动", "规范优质服务", "未成年人", "社区建设"}


@pytest.fixture(scope="module")
def sample() -> Questionnaire:
    return read_questionnaire(SAMPLE)


@pytest.fixture(scope="module")
def default() -> Questionnaire:
    return read_questionnaire(DEFAULT)


def survey(*elements: dict, **more: object) -> dict:
    page = {"name": "p", "elements": list(elements)}
    return {"title": "测试", "instrumentId": "t", "instrumentVersion": "1", "pages": [page], **more}


def radio(name: str = "A", **more: object) -> dict:
    choices = [
        {"value": 1, "text": "是"},
        {"value": 2, "text": "否"},
        {"value": 9, "text": "拒答", "missing": "refused"},
    ]
    return {"type": "radiogroup", "name": name, "title": f"题{name}", "choices": choices, **more}


def test_sample_columns_in_order_of_asking(sample: Questionnaire) -> None:
    names = [item.name for item in sample.items]
    assert names[:4] == ["s1", "age", "q1", "q2.1"]
    assert [name for name in names if name.startswith("q2.")] == [
        *(f"q2.{code}" for code in range(1, 9)),
        f"q2.{OTHER}",
    ]
    assert [name for name in names if name.startswith("q5.")] == ["q5.env", "q5.traffic", "q5.service", "q5.community"]
    assert sample.text_items == ("q2.other", "q7")
    assert (sample.id, sample.version) == ("wm-demo", "2026.11-1")
    assert sample.endings == ("{s1} = 2 or {age} < 18", "{s1} anyof [2]")


def test_sample_rates(sample: Questionnaire) -> None:
    rates = {rate.name: rate for rate in sample.rates}
    assert list(rates) == ["q1", "q3", "q4", "q5.env", "q5.traffic", "q5.service", "q5.community", "q6"]
    assert {rate.measure: rate.name for rate in sample.rates if rate.overall} == {
        "awareness": "q1",
        "support": "q3",
        "participation": "q4",
        "satisfaction": "q6",
    }
    assert rates["q1"].terms == (("q1", (1, 2)),)
    assert rates["q1"].missing == (99,)
    assert rates["q5.env"].label == "环境卫生"
    assert all(rate.base == "valid" and rate.variant == "strict" for rate in sample.rates)


def test_default_has_the_items_of_the_domain_research(default: Questionnaire) -> None:
    names = [question.name for question in default.questions]
    expected = [
        "S1 S2 S3 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 B1 B2 B3 B4 C1 C2 D1 D2",
        "E0 E F1 G H1 H2 I1 I2 I3 J1 J2 J3 J4 J5",
    ]
    assert names == " ".join(expected).split()
    assert [row.name for row in default.question("E").rows] == [f"E{n}" for n in range(1, 23)]
    assert [row.name for row in default.question("G").rows] == [f"G{n}" for n in range(1, 7)]
    assert set(default.roles) == set(ROLES)
    assert default.question("A2").visible_if == "{A1} anyof [1, 2]"


def test_default_rates_are_declared_in_full(default: Questionnaire) -> None:
    assert {measure: default.headline(measure).name for measure in MEASURES} == {
        "awareness": "A1",
        "support": "C1",
        "participation": "D1",
        "satisfaction": "E0",
    }
    assert all(rate.note and rate.indicators and rate.unit and rate.group in GROUPS for rate in default.rates)
    awareness = [rate for rate in default.rates if rate.measure == "awareness"]
    assert {rate.base for rate in awareness} == {"all"}
    assert {rate.base for rate in default.rates if rate.measure != "awareness"} == {"valid"}
    assert len([rate for rate in default.rates if rate.name.startswith("E.E")]) == 22
    codes = Counter(code for rate in default.rates if rate.variant == "strict" for code in rate.indicators)
    assert codes.pop("Q-33") == 10  # the participation indicator serves every form of taking part
    assert set(codes.values()) == {1}


def test_recall_is_scored_strictly_partly_and_at_all(default: Questionnaire) -> None:
    assert default.rate("A3").terms == (("A3", (12,)),)
    assert default.rate("A3.partial").terms == (("A3", (6, 7, 8, 9, 10, 11, 12)),)
    assert default.rate("A3.any").terms == (("A3", tuple(range(1, 13))),)
    question = default.question("A3")
    assert question.knowledge
    assert question.interviewer
    assert (question.minimum, question.maximum, question.items[0].form) == (0, 12, "number")


def test_participation_is_any_form_and_each_form(default: Questionnaire) -> None:
    rate = default.rate("D1")
    assert [name for name, _ in rate.terms] == [*(f"D1.{code}" for code in range(1, 9)), f"D1.{OTHER}"]
    assert {codes for _, codes in rate.terms} == {(1,)}
    assert rate.missing == ()
    assert default.rate("D1.3").label == "文明交通劝导"
    assert not default.rate("D1.3").overall
    with pytest.raises(QuestionnaireError, match="没有这个指标率"):
        default.rate("D1.96")


def test_the_foil_is_in_no_rate_and_opinions_have_no_key(default: Questionnaire) -> None:
    assert default.question("A10").role == "foil"
    assert not [rate for rate in default.rates if "A10" in rate.columns]
    raw = json.loads(DEFAULT.read_text(encoding="utf-8"))
    keyed = [element["name"] for page in raw["pages"] for element in page["elements"] if "key" in element]
    assert keyed == ["A3"]
    assert len(raw["pages"][1]["elements"][2]["key"]) == 12


def test_importance_choices_are_the_satisfaction_rows(default: Questionnaire) -> None:
    rows = [row.label for row in default.question("E").rows]
    assert [choice.label for choice in default.question("F1").choices[:22]] == rows
    assert [choice.code for choice in default.question("F1").choices[:22]] == list(range(1, 23))


def test_loose_variant_and_base() -> None:
    element = radio(measure="awareness", measurePositive=[1], measurePositiveLoose=[1, 2], measureBase="all")
    element["choices"].append({"value": 3, "text": "不知道"})
    strict, loose = parse_questionnaire(survey(element)).rates
    assert (strict.name, strict.variant, strict.overall) == ("A", "strict", True)
    assert (loose.name, loose.variant, loose.overall, loose.terms) == ("A.loose", "loose", False, (("A", (1, 2)),))


def test_rates_of_other_question_types() -> None:
    questionnaire = parse_questionnaire(
        survey(
            {
                "type": "rating",
                "name": "R",
                "rateMin": 0,
                "rateMax": 10,
                "measure": "satisfaction",
                "measurePositive": [9, 10],
            },
            {"type": "boolean", "name": "B", "labelTrue": "有", "labelFalse": "没有"},
            {"type": "text", "name": "D", "inputType": "date", "min": "2026-01-01"},
            {
                "type": "text",
                "name": "N",
                "inputType": "number",
                "min": 18,
                "role": "age",
                "bands": [
                    {"value": 1, "text": "18—39岁", "min": 18, "max": 39},
                    {"value": 2, "text": "40岁及以上", "min": 40},
                ],
            },
            {"type": "html", "html": "<p>说明</p>"},
            {"type": "panel", "visibleIf": "{B} = true", "elements": [radio("P", visibleIf="{R} > 5")]},
        )
    )
    kinds = {question.name: question.type.name for question in questionnaire.questions}
    assert kinds == {"R": "rating", "B": "boolean", "D": "date", "N": "number", "P": "single"}
    assert [choice.code for choice in questionnaire.question("R").choices] == list(range(11))
    assert [(choice.code, choice.label) for choice in questionnaire.question("B").choices] == [(1, "有"), (0, "没有")]
    assert questionnaire.text_items == ("D",)
    assert questionnaire.question("N").bands[1].maximum is None
    assert questionnaire.question("P").visible_if == "({B} = true) and ({R} > 5)"
    assert questionnaire.roles["age"].name == "N"


def test_wording_by_language_and_short_choices() -> None:
    element = {"type": "dropdown", "name": "A", "title": {"default": "Q", "zh-cn": "题"}, "choices": [1, 2]}
    question = parse_questionnaire(survey(element)).question("A")
    assert question.title == "题"
    assert [choice.label for choice in question.choices] == ["1", "2"]


def test_fingerprint_is_of_the_content_not_the_layout(tmp_path: Path, sample: Questionnaire) -> None:
    raw = json.loads(SAMPLE.read_text(encoding="utf-8"))
    path = tmp_path / "q.json"
    path.write_text(json.dumps(raw, indent=8, sort_keys=True), encoding="utf-8-sig")
    assert read_questionnaire(path).fingerprint == sample.fingerprint
    raw["pages"][0]["title"] = "另一个标题"
    assert parse_questionnaire(raw).fingerprint != sample.fingerprint


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "第 1 行第 1 列"),
        (b'{"title": "x",\n "pages": [}', "第 2 行第 12 列"),
        ('{"title": "问"}'.encode("gb18030"), "不是 UTF-8"),
        (b"[]", "类型不对"),
        (b"{}", "缺少 pages"),
    ],
)
def test_broken_files_are_reported_in_chinese(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "q.json"
    path.write_bytes(content)
    with pytest.raises(QuestionnaireError) as error:
        read_questionnaire(path)
    assert expected in str(error.value)
    assert "q.json" in str(error.value)


def test_missing_file_and_unknown_names(tmp_path: Path, sample: Questionnaire) -> None:
    with pytest.raises(QuestionnaireError, match="打不开"):
        read_questionnaire(tmp_path / "none.json")
    with pytest.raises(QuestionnaireError, match="没有这个题目"):
        sample.question("zz")
    with pytest.raises(QuestionnaireError, match="没有这个数据列"):
        sample.item("q2")
    assert sample.with_role("demographic")[0].name == "age"
    assert sample.headline("support").name == "q3"


def test_errors_are_listed_with_their_places() -> None:
    with pytest.raises(QuestionnaireError) as error:
        parse_questionnaire(survey(radio(), radio()), where="某问卷.json")
    assert "题号相同" in str(error.value)
    assert "pages[0].elements[1].name" in str(error.value)


def test_an_option_that_does_not_count_has_no_rate_of_its_own() -> None:
    choices = [{"value": 1, "text": "做志愿者"}, {"value": 2, "text": "捐款"}, {"value": 3, "text": "只是看看"}]
    element = {
        "type": "checkbox", "name": "D1", "title": "您参加过哪些活动？", "choices": choices,
        "measure": "participation", "measurePositive": [1, 2], "measureEach": True,
    }  # fmt: skip
    made = parse_questionnaire(survey(element))
    assert {rate.name: rate.terms for rate in made.rates} == {
        "D1": (("D1.1", (1,)), ("D1.2", (1,))),
        "D1.1": (("D1.1", (1,)),),
        "D1.2": (("D1.2", (1,)),),
    }


def test_equal_files_share_a_questionnaire_and_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path in paths:
        path.write_bytes(DEFAULT.read_bytes())
    assert read_questionnaire(paths[0]) is read_questionnaire(paths[1])
    text = DEFAULT.read_text("utf-8")
    paths[1].write_text(text.replace('"instrumentVersion": "', '"instrumentVersion": "x'), "utf-8")
    assert read_questionnaire(paths[1]).version == f"x{read_questionnaire(paths[0]).version}"
    for path in paths:
        path.write_text("{}", "utf-8")
        with pytest.raises(QuestionnaireError, match=path.name):
            read_questionnaire(path)
