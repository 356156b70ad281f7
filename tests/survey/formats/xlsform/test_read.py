"""Foreign XLSForms: what is read has its meaning, what is not read is named with sheet, row and column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from survey.errors import QuestionnaireError
from survey.formats.codebook import dataset_of
from survey.formats.package import write_package
from survey.formats.xlsform.read import read_xlsform
from survey.importing import ingest
from survey.instrument.questionnaire import Questionnaire, parse_questionnaire
from survey.instrument.visibility import asked_one
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from tests.survey.formats.xlsform.forms import YN, Form, imported, saved, xform
from tests.survey.small_study import PSU, make_study

HEAD = ["type", "name", "label", "relevant"]


def asked(form: Form) -> Questionnaire:
    """Return the questionnaire of a form without errors, which pyxform accepts too."""
    xform(form)
    made = imported(form)
    assert not made.errors
    return parse_questionnaire(made.survey)


def survey(*rows: list[str], head: list[str] = HEAD, choices: Any = YN, **settings: str) -> Form:
    more = {"settings": [list(settings), list(settings.values())]} if settings else {}
    return {"survey": [head, *rows], "choices": choices, **more}


def said(form: Form, **options: bool) -> str:
    return "\n".join(map(str, imported(form, **options).findings))


def test_a_question_after_a_conditional_group_is_asked_of_all() -> None:
    form = survey(
        ["select_one yn", "q1", "有孩子吗", ""],
        ["begin_group", "g", "孩子", "${q1} = 1"],
        ["select_one yn", "q2", "上学吗", ""],
        ["end_group"],
        ["select_one yn", "q3", "满意吗", ""],
    )
    assert asked_one(asked(form), {"q1": 2}) == {"q1", "q3"}
    assert asked_one(asked(form), {"q1": 1}) == {"q1", "q2", "q3"}


def test_the_condition_of_an_outer_group_holds_inside_and_after_an_inner_one() -> None:
    form = survey(
        ["select_one yn", "q1", "有孩子吗", ""],
        ["begin group", "g", "孩子", "${q1} = 1"],
        ["begin group", "h", "内", "${q1} != 2"],
        ["select_one yn", "q2", "上学吗", "${q1} = 1"],
        ["end group"],
        ["select_one yn", "q3", "满意吗", ""],
        ["end group"],
        ["text", "q4", "意见", ""],
    )
    made = asked(form)
    assert asked_one(made, {"q1": 2}) == {"q1", "q4"}
    assert asked_one(made, {"q1": 1}) == {"q1", "q2", "q3", "q4"}
    assert [question.page for question in made.questions] == [0, 1, 1, 2]


def test_or_other_is_an_option_with_a_text() -> None:
    question = asked(survey(["select_one yn or_other", "q", "选"])).question("q")
    assert [(choice.code, choice.label) for choice in question.choices] == [(1, "是"), (2, "否"), (97, "其他")]
    assert (question.other, question.text_items) == (True, ("q.other",))


OTHER = [*YN, ["yn", "other", "别的"]]


def test_an_other_text_belongs_to_its_question() -> None:
    form = survey(
        ["select_multiple yn", "how", "途径", ""],
        ["text", "how_other", "写明", "selected(${how}, 'other')"],
        ["text", "why", "为什么", "${how_other} != '' and selected(${how}, 'other')"],
        choices=OTHER,
    )
    how, why = asked(form).questions
    assert (how.other, how.choices[-1].label) == (True, "别的")
    assert why.visible_if == "({how-Comment} notempty) and ({how} contains 'other')"


@pytest.mark.parametrize("relevant", ["", "${how} = '1'"])
def test_a_choice_called_other_without_its_own_text_is_an_ordinary_one(relevant: str) -> None:
    form = survey(["select_one yn", "how", "途径"], ["text", "how_other", "写明", relevant], choices=OTHER)
    how, words = asked(form).questions
    assert ([choice.code for choice in how.choices], how.other) == ([1, 2, 3], False)
    assert how.choices[-1].source_name == "other"
    assert words.name == "how_other"


NAMES = [
    ["list_name", "name", "label"],
    *(["sat", name, label] for name, label in [("very", "很满意"), ("97", "满意"), ("5", "一般"), ("-9", "不满意")]),
]


def test_text_names_are_coded_and_kept() -> None:
    form = survey(["select_one sat", "q", "满意吗"], ["text", "w", "为什么", "${q} = 'very'"], choices=NAMES)
    question, why = asked(form).questions
    assert [(choice.code, choice.source_name) for choice in question.choices] == [
        (1, "very"),
        (2, "97"),
        (5, ""),
        (3, "-9"),
    ]
    assert why.visible_if == "{q} = 1"
    assert "choices 第 2 行，name 列（B2）：选项表 sat 的名称不能作代码，已编码" in said(form)


def test_too_many_choices_are_refused() -> None:
    many = [["list_name", "name", "label"], *(["v", f"v{code}", f"村{code}"] for code in range(127))]
    form = survey(["select_one v", "q", "哪个村"], choices=many)
    assert "choices 第 128 行，list_name 列（A128）：选项太多" in said(form)
    assert not imported(survey(["select_one v", "q", "村"], choices=many[:-1])).errors


@pytest.mark.parametrize(
    ("headings", "default", "title"),
    [
        (("label::English (en)", "label::中文 (zh)"), "", "二"),
        (("label::English (en)", "label::中文 (zh)"), "English (en)", "一"),
        (("label", "label::Chinese"), "", "二"),
        (("label", "label::French"), "", "一"),
        (("label:English", "label:中文"), "", "二"),
        (("Label", "label::fr"), "zh", "一"),
        (("label::a", "label::b"), "b", "二"),
        (("caption", "hint"), "", "一"),
    ],
)
def test_one_language_is_read(headings: tuple[str, str], default: str, title: str) -> None:
    form = survey(["integer", "q", "一", "二"], head=["type", "name", *headings], default_language=default or "")
    assert asked(form).question("q").title == title
    languages = sum("label" in heading.lower() for heading in headings)
    assert ("只读一种语言" in said(form)) == (languages > 1)


def test_a_missing_translation_falls_back_to_another_language() -> None:
    form = survey(["text", "q", "Only English", ""], head=["type", "name", "label::English", "label::中文"])
    assert asked(form).question("q").title == "Only English"


def test_types_become_questions() -> None:
    form = survey(
        ["int", "n", "数"],
        ["decimal", "m", "小数"],
        ["range", "r", "范围"],
        ["date", "d", "日期"],
        ["string", "s", "文字"],
        ["time", "t", "时间"],
        ["select1 yn", "o", "单选"],
        ["select all that apply from yn", "a", "多选"],
        ["rank yn", "k", "排序"],
        ["note", "x", "说明"],
    )
    made = asked(form)
    kinds = ["number", "number", "number", "date", "text", "text", "single", "multiple", "ranking"]
    assert [question.type.name for question in made.questions] == kinds
    assert (made.question("r").minimum, made.question("r").maximum) == (1, 10)
    text = said(form)
    assert "survey 第 3 行，type 列（A3）：数字题只收整数" in text
    assert "survey 第 2 行，constraint 列：没有写最小值" in text
    assert "survey 第 7 行，type 列（A7）：这种题型按文字题导入" in text
    assert "survey 第 11 行，type 列（A11）：说明文字留在问卷文件里" in text
    assert imported(form).survey["pages"][0]["elements"][-1] == {"type": "html", "name": "x", "html": "说明"}


def test_a_table_list_becomes_a_matrix_only_if_its_rows_have_nothing_else() -> None:
    head = [*HEAD, "appearance", "required"]
    rows = [
        ["begin_group", "e", "满意吗", "", "table-list", ""],
        ["select_one yn", "e_light", "路灯", "", "", "yes"],
        ["select_one yn", "a-b", "停车", "", "", "yes"],
        ["end_group"],
        ["text", "w", "为什么", "${e_light} = '2'", "", ""],
    ]
    made = asked(survey(*rows, head=head))
    assert [(row.name, row.label, row.source_name) for row in made.question("e").rows] == [
        ("light", "路灯", "e_light"),
        ("a_b", "停车", "a-b"),
    ]
    assert (made.question("e").required, made.question("w").visible_if) == (True, "{e.light} = 2")
    rows[2] = ["select_one yn", "a-b", "停车", "${e_light} = '1'", "", "yes"]
    made = asked(survey(*rows, head=head))
    assert [question.name for question in made.questions] == ["e_light", "a_b", "w"]
    assert made.question("a_b").visible_if == "{e_light} = 1"


def test_limits_parameters_and_required_are_read() -> None:
    head = ["type", "name", "label", "constraint", "required", "parameters"]
    form = survey(
        ["integer", "age", "年龄", ". >= 18 and . < 100", "true()", ""],
        ["select_multiple yn", "m", "多选", "not(selected(., '2') and count-selected(.) > 1)", "no", "randomize=true"],
        ["range", "r", "分数", "", "", "start=10; end=0"],
        ["text", "t", "文字", "string-length(.) <= 20", "", "rows=3"],
        head=head,
    )
    made = imported(form)
    assert not made.errors
    age, several, scale, text = made.survey["pages"][0]["elements"]
    assert (age["min"], age["max"], age["isRequired"]) == (18, 99, True)
    assert [choice.get("exclusive") for choice in several["choices"]] == [None, True]
    assert ("isRequired" in several, several["choicesOrder"]) == (False, "random")
    assert (scale["min"], scale["max"], text["maxLength"]) == (0, 10, 20)
    xform(form)


LOST: list[tuple[str, str, str]] = [
    ("choice_filter", "p=${a}", "筛选选项"),
    ("required", "${a} = '1'", "有条件的必填"),
    ("constraint", ". = '1' or . = '2'", "没有对应"),
    ("calculation", "1 + 1", "算式"),
    ("read_only", "${a} = '1'", "有条件的只读"),
    ("label", "您好 ${a}", "引用了别的题的答案"),
    ("hint", "见 ${a}", "引用了别的题的答案"),
]


@pytest.mark.parametrize(("column", "cell", "named"), LOST)
def test_a_part_without_counterpart_is_refused_or_left_out_by_name(column: str, cell: str, named: str) -> None:
    head = list(dict.fromkeys(["type", "name", "label", column]))
    row = {"type": "select_one yn", "name": "b", "label": "二", column: cell}
    form = survey(["select_one yn", "a", "一"], [row[title] for title in head], head=head)
    xform(form)
    (error,) = imported(form).errors
    letter = "ABCD"[head.index(column)]
    assert (error.subject, error.path) == ("survey 第 3 行", f"{column} 列（{letter}3）")
    assert named in error.what
    assert "--leave-out" in error.cure
    left = imported(form, leave_out=True)
    assert not left.errors
    assert any(finding.path == error.path and "已略去" in finding.what for finding in left.findings)
    assert [question.name for question in parse_questionnaire(left.survey).questions] == ["a", "b"]


REFUSED: list[tuple[list[str], str, str]] = [
    (["geopoint_", "x", "位置", ""], "type", "这种题型没有对应"),
    (["select_one nowhere", "x", "题", ""], "type", "没有这张选项表"),
    (["begin_repeat", "x", "孩子", ""], "type", "重复组"),
    (["select_one_from_file a.csv", "x", "题", ""], "type", "选项来自文件"),
    (["text", "x", "题", "${c} = 1"], "relevant", "“1 + 1 = 1”没有对应（计算字段已按算式展开）"),
    (["text", "x", "题", "${c}"], "relevant", "“${c}”没有对应"),
    (["text", "x", "题", "${p} != ''"], "relevant", "定位题"),
    (["text", "x", "题", "regex(${q}, '1')"], "relevant", "regex()"),
    (["text", "x", "题", "(${q} = '1'"], "relevant", "写法不对"),
    (["text", "x", "题", "${q} = '7'"], "relevant", "不在这道题的选项表里"),
    (["text", "x", "题", "${gone} = '7'"], "relevant", "不存在"),
]


@pytest.mark.parametrize(("row", "column", "named"), REFUSED)
def test_what_cannot_be_translated_is_refused_by_place(row: list[str], column: str, named: str) -> None:
    head = [*HEAD, "calculation"]
    ends = [["end_repeat"]] if row[0] == "begin_repeat" else []
    form = survey(
        ["select_one yn", "q", "一"],
        ["calculate", "c", "", "", "1 + 1"],
        ["geopoint", "p", "位置"],
        row,
        *ends,
        head=head,
    )
    errors = [error for error in imported(form).errors if named in error.what or named in error.got]
    assert errors
    assert all(error.subject == "survey 第 5 行" and error.path.startswith(column) for error in errors)
    assert all(error.cure for error in errors)


NOTED: list[tuple[list[str], str, str]] = [
    (["text", "x", "题", "minimal"], "appearance", "只影响显示"),
    (["text", "x", "题", "a.png"], "image", "不显示"),
    (["text", "x", "题", "no"], "constraint_message", "不显示"),
    (["text", "x", "题", "${q}"], "default", "规则 R-01"),
    (["calculate", "x", "", "1 + 1"], "calculation", "计算字段没有导入"),
    (["image", "x", "题", "max-pixels=100"], "parameters", "照片题没有导入"),
    (["text", "x", "题", "yes"], "read_only", "只读字段没有导入"),
    (["text", "x", "题", "yes"], "disabled", "停用的行没有导入"),
    (["text", "x", "题", "false()"], "relevant", "永远不成立"),
    (["text", "x", "题", "1"], "instance::kobo", "只用于平板"),
    (["text", "x", "题", "int"], "bind::type", "只用于平板"),
    (["text", "x", "题", "注"], "my notes", "不是 XLSForm 的列"),
    (["audit", "", "", ""], "hint", "设备信息没有导入"),
    (["", "", "", "一段注释"], "remarks", "按注释处理"),
]


@pytest.mark.parametrize(("row", "column", "named"), NOTED)
def test_what_changes_no_answer_is_listed(row: list[str], column: str, named: str) -> None:
    form = survey(["select_one yn", "q", "一"], row, head=["type", "name", "label", column])
    xform(form)
    made = imported(form)
    assert not made.errors
    assert any(named in str(finding) and finding.level == "warning" for finding in made.findings)


def test_columns_sheets_and_lists_that_are_not_read_are_named() -> None:
    form: dict[str, Any] = {
        **survey(["select_one yn", "q", "一", "${q} = 1"], head=["type", "name", "label", "relevent"]),
        "choices": [["list_name", "name", "label", "image"], ["yn", "1", "是", "a.png"], ["old", "1", "旧", ""]],
        "settings": [["form_title", "style"], ["t", "pages"], ["u", ""]],
        "entities": [["list_name"], ["x"]],
        "说明": [["a"], ["b"]],
    }
    text = said(form)
    for part in (
        "[错误] survey，relevent 列（D）：不认识的列（处理办法：是否想写 relevant",
        "choices，image 列（D）：没有导入 1 格",
        "settings，style 列（B）：没有导入 1 格",
        "settings 第 3 行",
        "没有题目用到的选项表没有导入：old",
        "entities，工作表：没有读取",
        "说明，工作表：没有读取",
    ):
        assert part in text


def test_names_that_the_questionnaire_cannot_have_are_changed_and_kept() -> None:
    long = "a" * 40
    form = survey(
        ["select_one yn", "题一", "一"],
        ["text", "a-b", "二", "${题一} = '1'"],
        ["text", long, "三", ""],
        ["begin_group", "g", "组", ""],
        ["text", "weight", "四", ""],
        ["text", "A_B", "五", ""],
        ["end_group"],
    )
    made = asked(form)
    assert [question.name for question in made.questions] == ["q2", "a_b", "a" * 32, "weight_2", "A_B_2"]
    assert [question.source_name for question in made.questions] == ["题一", "a-b", long, "weight", "A_B"]
    assert made.question("a_b").visible_if == "{q2} = 1"


def test_a_condition_on_a_later_question_is_refused() -> None:
    form = survey(["text", "a", "一", "${b} = '1'"], ["select_one yn", "b", "二", ""])
    xform(form)
    (error,) = imported(form).errors
    assert (error.subject, error.what) == ("survey 第 2 行", "条件看的是后面才问的题，这里没有它的答案")


def test_lint_findings_have_the_row_of_the_form() -> None:
    form = survey(["select_one yn", "a", "一", ""], ["text", "b", "二", "${a} = '1' and ${a} = '2'"])
    (finding,) = imported(form).lint()
    assert (finding.subject, finding.level) == ("survey 第 3 行 b", "error")
    assert "永远问不到" in finding.what


def test_a_form_without_questions_is_refused() -> None:
    form = survey(["note", "n", "您好", ""], ["geopoint", "p", "位置", ""])
    xform(form)
    (error,) = imported(form).errors
    assert str(error) == "[错误] survey，全表：没有可导入的题目（处理办法：检查是不是选错了文件）"


def test_cells_of_numbers_and_truth_are_read(tmp_path: Path) -> None:
    head = ["type", "name", "label", "required", "relevant"]
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet("survey")
        for number, row in enumerate(
            [head, ["select_one yn", "q", 2026, True], ["text", "t", "为什么", False, "${q} = 2"]]
        ):
            sheet.write_row(number, 0, row)
        sheet = book.add_worksheet("choices")
        for number, row in enumerate([YN[0], ["yn", 1, "是"], ["yn", 2.0, 100]]):
            sheet.write_row(number, 0, row)
    made = parse_questionnaire(read_xlsform(tmp_path / "a.xlsx"))
    question, why = made.questions
    assert (question.title, question.required, why.required, why.visible_if) == ("2026", True, False, "{q} = 2")
    assert [(choice.code, choice.label) for choice in question.choices] == [(1, "是"), (2, "100")]


def test_groups_inside_each_other_are_limited() -> None:
    rows = [["begin_group", f"g{depth}", "组", ""] for depth in range(400)]
    form = survey(*rows, *[["end_group"]] * 400)
    assert "survey 第 32 行，type 列（A32）：组套得太深" in said(form)


def test_answers_of_kobo_to_a_form_with_text_names_import_and_export(tmp_path: Path) -> None:
    form = survey(
        ["select_one sat", "how-good", "满意吗", ""],
        ["select_multiple tv or_other", "how", "哪里知道的", ""],
        ["integer", "n", "几次", ""],
        choices=[*NAMES, ["tv", "tele", "电视"], ["tv", "paper", "报纸"]],
    )
    study = make_study(tmp_path / "study")
    text = json.dumps(imported(form).survey, ensure_ascii=False)
    (study.root / "questionnaire.json").write_text(text, encoding="utf-8")
    study = load_study(study.root)
    head = ["start", "end", "how-good", "how", "how/tele", "how/paper", "how/other", "how_other", "n", "_uuid"]
    times = ["2026-11-03T09:00:00.000+08:00", "2026-11-03T09:05:00.000+08:00"]
    rows = [
        [*times, "very", "tele other", "1", "0", "1", "邻居", "3", "u1"],
        [*times, "97", "paper", "0", "1", "0", "", "0", "u2"],
        [*times, "-9", "", "", "", "", "", "12", "u3"],
    ]
    path = tmp_path / "kobo.csv"
    table = [[*head, "psu"], *([*row, str(PSU)] for row in rows)]
    path.write_text("\n".join(";".join(row) for row in table) + "\n", encoding="utf-8")
    preview = ingest.import_files(study, [path], "W1", mode="household").preview
    assert (preview.new, preview.rejected) == (3, 0)
    responses = ResponseStore(study.root / "store").read().sort_by("n")
    dataset = dataset_of(study, responses, None)
    columns = {name: dataset.table[name].to_pylist() for name in ("how_good", "how.1", "how.2", "how.97", "n")}
    assert columns["how_good"] == [2, 1, 3]
    assert (columns["how.1"], columns["how.2"], columns["how.97"]) == ([0, 1, -2], [1, 0, -2], [0, 1, -2])
    _, package = write_package(dataset, tmp_path)
    fields = json.loads(package.read_text(encoding="utf-8"))["resources"][0]["schema"]["fields"]
    (field,) = (one for one in fields if one["name"] == "how_good")
    assert {"value": 1, "label": "很满意", "silu:name": "very"} in field["categories"]


def test_a_note_asks_nothing_and_refuses_no_form() -> None:
    form = survey(
        ["calculate", "c", "", "", "1 + 1"],
        ["text", "q", "一", "", ""],
        ["note", "n", "您好 ${q}", "", ""],
        ["note", "m", "二", "${c} = 2", ""],
        head=[*HEAD, "calculation"],
    )
    xform(form)
    made = imported(form)
    assert not made.errors
    assert made.survey["pages"][0]["elements"][1] == {"type": "html", "name": "n", "html": "您好 ${q}"}
    assert "survey 第 5 行，relevant 列（D5）：这段说明没有导入" in said(form)


def test_a_file_is_read_or_refused_with_all_reasons(tmp_path: Path) -> None:
    good = saved(tmp_path / "a.xlsx", survey(["select_one yn", "q", "一"], form_title="题", form_id="f 1", version="3"))
    made = parse_questionnaire(read_xlsform(good))
    assert (made.title, made.id, made.version) == ("题", "f_1", "3")
    bad = saved(tmp_path / "b.xlsx", survey(["geo", "q", "一"], ["select_one no", "r", "二"]))
    with pytest.raises(QuestionnaireError) as caught:
        read_xlsform(bad)
    assert "survey 第 2 行" in str(caught.value)
    assert "survey 第 3 行" in str(caught.value)
    with xlsxwriter.Workbook(str(tmp_path / "d.xlsx")) as book:
        book.add_worksheet("survey").write_row(0, 0, ["type"])
        book.add_worksheet("choices").hide()
    with pytest.raises(QuestionnaireError, match="工作表被隐藏"):
        read_xlsform(tmp_path / "d.xlsx")
    with pytest.raises(QuestionnaireError, match="不是 Excel 工作簿"):
        read_xlsform(tmp_path / "e.csv")
    with pytest.raises(QuestionnaireError, match="没有名为 survey"):
        read_xlsform(saved(tmp_path / "c.xlsx", {"数据": [["a"], ["1"]]}))
