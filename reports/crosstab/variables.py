"""What a crosstab can be made of: every question of a study, and the groups of places, people and waves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reports.labels import HEADINGS, mode_label, wave_label
from reports.selection import AREA_COLUMNS
from survey.errors import ArgumentError
from survey.instrument.question import Choice, Item, Question
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.rate import Terms
from survey.study.areas import URBAN_RURAL
from survey.study.modes import MODES
from survey.study.study import Study

PLACES = ("wave", "mode", *AREA_COLUMNS)
"""Groups that are no answers."""


class Kind(StrEnum):
    """How a variable is answered."""

    SINGLE = "单选"
    SEVERAL = "多选"
    NUMBER = "数值"
    PLACE = "分组"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer.

    Attributes:
        label: label as respondents saw it.
        terms: the stored columns and codes that mean this answer; empty for places.
        code: its code, which means count as its value.
        missing: whether it is not a substantive answer (说不清, 不愿回答).
    """

    label: str
    terms: Terms
    code: int
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that can be tabulated or grouped by.

    Attributes:
        name: "A1", "E.E3", "B1" (all its options), "B1.4" (one option), "age", "district".
        label: short title.
        kind: how it is answered.
        column: stored or frame column; "" where each option has a column of its own.
        options: answers in the order of the questionnaire; empty for numbers and places, whose values are in the data.
        title: the wording of the question.
        matrix: name of the question that it is a row of; "" for others.
    """

    name: str
    label: str
    kind: Kind
    column: str
    options: tuple[Option, ...] = ()
    title: str = ""
    matrix: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The stored columns it is made from; none for places."""
        if self.kind is Kind.PLACE:
            return ()
        return (self.column,) if self.column else tuple(name for one in self.options for name, _ in one.terms)


def questions(questionnaire: Questionnaire) -> Mapping[str, Variable]:
    """Return name -> variable of every coded answer, in the order of the questionnaire.

    A multiple choice is listed as a whole and by option, a matrix by row; `expanded` resolves the name of a matrix.
    """
    found = (one for question in questionnaire.questions for one in _of_question(question))
    return {one.name: one for one in found}


def matrices(questionnaire: Questionnaire) -> Mapping[str, str]:
    """Return name -> title of the questions of several rows, which stand for all of them."""
    found = (one for one in questionnaire.questions if one.type.grid and one.items)
    return {one.name: f"{one.name} {one.label}（每一行）" for one in found}


def groups(study: Study) -> Mapping[str, Variable]:
    """Return name -> variable of what answers can be grouped by: places, people, then every question."""
    asked = study.questionnaire
    places = {name: Variable(name, HEADINGS[name], Kind.PLACE, name) for name in PLACES}
    people = {role: _of_role(role, question) for role, question in asked.roles.items()}
    rest = {name: one for name, one in questions(asked).items() if one.kind is not Kind.NUMBER}
    return {**places, **people, **rest}


def expanded(questionnaire: Questionnaire, names: Sequence[str]) -> tuple[Variable, ...]:
    """Return the variables of some names; that of a matrix stands for all its rows.

    Raises:
        ArgumentError: a name that is no question, or an open question.
    """
    known = questions(questionnaire)
    found: dict[str, Variable] = {}
    for name in names:
        some = [known[name]] if name in known else _rows(questionnaire, known, name)
        found.update({one.name: one for one in some})
    if not found:
        raise ArgumentError("没有选题目", expected="例如 A1", cure="至少选一道题")
    return tuple(found.values())


def _rows(questionnaire: Questionnaire, known: Mapping[str, Variable], name: str) -> list[Variable]:
    question = next((one for one in questionnaire.questions if one.name == name), None)
    if question is None:
        raise ArgumentError("问卷里没有这道题", got=name, expected="、".join(known))
    if not question.items:
        cure = "开放题在“市民留言”页和 silu text 里看"
        raise ArgumentError("开放题没有选项，不能作交叉分析", got=name, cure=cure)
    return [known[item.name] for item in question.items]


def place_label(study: Study, column: str, value: object) -> str:
    """Return the label of one place, wave or mode."""
    if column == "wave":
        return wave_label(study, str(value))
    if column == "urban_rural":
        return URBAN_RURAL.get(str(value), str(value))
    return mode_label(str(value)) if column == "mode" and value in MODES else str(value)


def _of_question(question: Question) -> Iterator[Variable]:
    if question.type.several and question.items:
        options = tuple(_chosen(question, item) for item in question.items)
        yield Variable(question.name, question.label, Kind.SEVERAL, "", options, question.title)
        for item, option in zip(question.items, options, strict=True):
            flags = (Option("选了", option.terms, 1), Option("没选", ((item.name, (0,)),), 0))
            yield Variable(item.name, item.label, Kind.SINGLE, item.name, flags, question.title)
        return
    for item in question.items:
        if item.form == "number":
            yield Variable(item.name, item.label, Kind.NUMBER, item.name, (), question.title)
        else:
            matrix = question.name if question.type.grid else ""
            options = _listed(item.name, item)
            yield Variable(item.name, item.label, Kind.SINGLE, item.name, options, question.title, matrix)


def _chosen(question: Question, item: Item) -> Option:
    code = -1 if item.option is None else item.option
    choice = question.choice(code)
    label = item.label.removeprefix(f"{question.label}：") if choice is None else choice.label
    return Option(label, ((item.name, item.chosen or (1,)),), code, bool(choice and choice.missing))


def _listed(column: str, item: Item) -> tuple[Option, ...]:
    if item.form == "flag":
        return Option("是", ((column, (1,)),), 1), Option("否", ((column, (0,)),), 0)
    return tuple(_option(column, choice) for choice in item.choices)


def _option(column: str, choice: Choice) -> Option:
    return Option(choice.label, ((column, (choice.code,)),), choice.code, choice.missing is not None)


def _of_role(role: str, question: Question) -> Variable:
    if question.bands:
        options = tuple(Option(band.label, ((role, (band.code,)),), band.code) for band in question.bands)
    else:
        options = tuple(_option(role, choice) for choice in question.choices)
    return Variable(role, HEADINGS.get(role, question.label), Kind.SINGLE, role, options, question.title)
