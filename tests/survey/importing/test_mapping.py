"""Proposed mappings: reordered, renamed and noisy tables are mapped without a wrong match."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.errors import StudyError
from survey.importing.mapping import AnswerMatch, HeadingMatch, propose
from survey.importing.mapping_file import NAME, guide_of, read_mapping, write_mapping
from survey.instrument.questionnaire import Questionnaire, read_questionnaire
from survey.readers import registry
from survey.readers.cells.similarity import answer_likeness, likeness
from survey.readers.files.opening import open_file
from survey.study.study import Study
from tests.survey.small_study import EXPORTS, make_study, wm_study, write_xlsx

DEMO = Path(__file__).parents[3] / "data" / "demo" / "questionnaire.json"
NOISE = (
    ("联系电话", "13800138000"),
    ("备注", "已核"),
    ("访问地点", "社区门口"),
    ("您对社区食堂满意吗？", "满意"),
    ("您知道我市正在开展国家卫生城市复审工作吗？", "知道"),
    ("您的婚姻状况", "已婚"),
    ("家里有几口人", "3"),
    ("您支持垃圾分类收费吗？", "比较支持"),
    ("问卷是否有效", "是"),
    ("录入员", "张"),
    ("天气", "晴"),
    ("您对公交线路满意吗", "一般"),
    ("您的民族", "汉族"),
    ("您的月收入", "3000-5000元"),
)
FILLERS = ("请问", "您认为", "")
ENDINGS = ("？", "?", "", "：", "（单选）", " ")


def renamed(title: str, draw: random.Random) -> str:
    """Return the question in slightly different words."""
    text = title.rstrip("？?")
    text = draw.choice(FILLERS) + text if not text.startswith("请") else text
    for old, new in (("我市", "本市"), ("正在", ""), ("您", "你"), ("吗", ""), ("工作", "")):
        text = text.replace(old, new) if draw.random() < 0.5 else text
    number = draw.choice(("", f"{draw.randint(1, 40)}、", f"Q{draw.randint(1, 40)}. "))
    return number + text + draw.choice(ENDINGS)


def columns(questionnaire: Questionnaire, draw: random.Random, rows: int) -> Iterator[tuple[str, str, list[str]]]:
    """Return heading, true name and cells of all single-column questions and matrix rows."""
    for question in questionnaire.questions:
        labels = [choice.label for choice in question.choices]
        cells = [str(draw.randint(18, 90)) if question.type.numeric else "意见" for _ in range(rows)]
        if question.type.grid:
            for row in question.rows:
                yield f"{question.title}—{row.label}", f"{question.name}.{row.name}", draw.choices(labels, k=rows)
        elif question.type.several:
            yield question.title, question.name, ["┋".join(draw.sample(labels, 2)) for _ in range(rows)]
        else:
            yield question.title, question.name, draw.choices(labels, k=rows) if labels else cells


def noisy(path: Path, questionnaire: Questionnaire, seed: int) -> dict[str, str]:
    """Return a reordered and renamed table with 30 % foreign columns and 30 % corrupt cells, and heading -> truth."""
    draw, rows = random.Random(seed), 40
    table = [(renamed(heading, draw), name, cells) for heading, name, cells in columns(questionnaire, draw, rows)]
    foreign = draw.sample(NOISE, min(len(NOISE), round(len(table) * 0.3) + 1))
    table += [(heading, "", [cell] * rows) for heading, cell in foreign]
    draw.shuffle(table)
    for _, name, cells in table:
        for place in range(rows):
            if name and draw.random() < 0.3:
                cells[place] = draw.choice(("", "不清楚怎么填", "？", "9999", "同上"))
    headings = [heading for heading, _, _ in table]
    assert len(set(headings)) == len(headings)
    body = [[cells[place] for _, _, cells in table] for place in range(rows)]
    write_xlsx(path, [headings, *body])
    return {heading.strip(): name for heading, name, _ in table}


@pytest.mark.parametrize("source", [EXPORTS / "wm_questionnaire.surveyjs.json", DEMO], ids=["small", "demo"])
@pytest.mark.parametrize("seed", range(5))
def test_noise_causes_no_wrong_match(source: Path, seed: int, tmp_path: Path) -> None:
    questionnaire = read_questionnaire(source)
    truth = noisy(tmp_path / "a.xlsx", questionnaire, seed)
    proposal = propose(open_file(tmp_path / "a.xlsx"), questionnaire)
    found = {match.heading: match.target for match in proposal.headings}
    wrong = {
        heading: (target, truth[heading]) for heading, target in found.items() if target not in ("", truth[heading])
    }
    assert not wrong
    asked = [heading for heading, name in truth.items() if name]
    share = sum(found[heading] == truth[heading] for heading in asked) / len(asked)
    assert share >= 0.85


def test_foreign_columns_stay_unmatched(tmp_path: Path) -> None:
    """Among foreign columns and one that anchors the heading row, only the anchor is matched."""
    questionnaire = read_questionnaire(DEMO)
    headings = ["您的性别", *(heading for heading, _ in NOISE)]
    write_xlsx(tmp_path / "a.xlsx", [headings, *([["男", *(cell for _, cell in NOISE)]] * 12)])
    found = {match.heading: match.target for match in propose(open_file(tmp_path / "a.xlsx"), questionnaire).headings}
    assert {heading for heading, target in found.items() if target} <= {"您的性别"}


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("您是否知道我市正在创建全国文明城市？", "您知道我市正在开展创建全国文明城市工作吗？", 0.9, 1.0),
        ("3、您的性别（单选）", "您的性别", 1.0, 1.0),
        ("滿意", "满意", 1.0, 1.0),
        ("您知道国家卫生城市吗", "您知道全国文明城市吗", 0.0, 0.6),
        ("您不满意吗", "您满意吗", 0.0, 0.3),
        ("您满不满意", "您满意吗", 1.0, 1.0),
        ("近3个月参加过吗", "近12个月参加过吗", 0.0, 0.3),
        ("", "您的性别", 0.0, 0.0),
    ],
)
def test_likeness(one: str, other: str, low: float, high: float) -> None:
    assert low <= likeness(one, other) <= high
    assert likeness(one, other) == pytest.approx(likeness(other, one), abs=0.1)


@pytest.mark.parametrize(
    ("text", "label", "same"),
    [
        ("听说过，不太了解", "听说过，但不太了解", True),
        ("社区（小区）的管理", "社区（小区）管理", True),
        ("满意", "很满意", False),
        ("比较满意", "满意", False),
        ("不知道", "知道", False),
        ("不太支持", "不支持", False),
        ("男", "女", False),
        ("高中", "初中", False),
        ("1-3次", "4-6次", False),
    ],
)
def test_answers_are_matched_only_if_the_meaning_is_unchanged(text: str, label: str, same: bool) -> None:
    assert (answer_likeness(text, label) >= 0.72) is same


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return wm_study(tmp_path / "study")


def foreign(path: Path) -> Path:
    """Return an analyst's table: own order, own labels, no ids."""
    headings = [
        "性别",
        "请问您的学历",
        "您居住在哪个城区",
        "你知道本市在创建全国文明城市吗",
        "您支持本市创建全国文明城市吗",
    ]
    headings += [
        "总体来说，你对本市文明城市创建满意吗",
        "您周岁年龄",
        "在本市居住是否已满半年",
        "对文明城市创建的意见和建议",
    ]
    row = ["男", "本科", "东城区", "听说过，不太了解", "非常支持", "满意", "35", "是", "无"]
    return write_xlsx(path, [headings, row, *([[*row[:3], "知道", *row[4:]]] * 5)])


def test_a_proposal_is_not_used_before_it_is_confirmed(study: Study, tmp_path: Path) -> None:
    path = foreign(tmp_path / "台账.xlsx")
    made = propose(open_file(path), study.questionnaire)
    write_mapping(study.root / NAME, made.headings, made.answers, source=path.name)
    assert not guide_of(study).mapping
    write_mapping(study.root / NAME, made.headings, made.answers, source=path.name, who="王五")
    guide = guide_of(study)
    assert guide.mapping["您支持本市创建全国文明城市吗"] == "q3"
    assert guide.answers["q1"] == {"听说过，不太了解": 2}
    mapping = read_mapping(study.root / NAME, study.questionnaire)
    assert mapping.confirmed
    assert mapping.who.startswith("王五")
    table = registry.read(open_file(path), guide)
    assert table.provenance.reader == "plain"
    assert {column.target for column in table.columns} >= {"q1", "q3", "q6", "response_id"}


def test_a_second_file_keeps_the_mapping_of_the_first(study: Study, tmp_path: Path) -> None:
    path = foreign(tmp_path / "台账.xlsx")
    made = propose(open_file(path), study.questionnaire)
    write_mapping(study.root / NAME, made.headings, made.answers, source=path.name, who="王五")
    write_mapping(study.root / NAME, (), (), source="别的.xlsx", who="王五")
    assert guide_of(study).mapping["您支持本市创建全国文明城市吗"] == "q3"
    assert guide_of(study).answers["q1"] == {"听说过，不太了解": 2}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[headings\n", "TOML"),
        ('[headings]\n"性别" = "没有"\n', "不存在的题目"),
        ('[answers.q1]\n"会" = 55\n', "不存在的选项"),
        ('[answers.q1]\n"会" = true\n', "不存在的选项"),
        ('[answers.q99]\n"会" = 1\n', "不存在的题目"),
    ],
)
def test_faults_of_the_file_are_reported(text: str, what: str, study: Study) -> None:
    (study.root / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=what):
        guide_of(study)


def test_unusual_headings_survive_a_round_trip(study: Study) -> None:
    strange = ['引"号', "换\n行", "反\\斜", "\x7f\x01", "𠮷", "# 井号", "\ud800"]
    headings = [HeadingMatch(text, "q1", 0.9, title=text) for text in strange]
    answers = [AnswerMatch("q1", text, None if "井" in text else 1, 0.8, text, 3) for text in strange]
    write_mapping(study.root / NAME, headings, answers, source="\n换行", who="甲")
    mapping = read_mapping(study.root / NAME, study.questionnaire)
    assert len(mapping.headings) == len(strange)
    assert set(mapping.headings.values()) == {"q1"}


def test_small_study_needs_no_mapping(tmp_path: Path) -> None:
    made = make_study(tmp_path / "small")
    assert guide_of(made).questionnaire is made.questionnaire
    assert read_mapping(made.root / NAME, made.questionnaire).headings == {}
