"""The questionnaire: the single source of codes, labels, routing and definitions of rates.

A file is SurveyJS JSON (pages of elements) with additional properties:

    element    role measure measurePositive measurePositiveLoose measureBase measureOverall measureEach
               measureNote rates indicators unit group bands knowledge key interviewer shortTitle sourceName
    choice     missing screenOut exclusive bookable sourceName
    row        indicators unit group sourceName
    survey     instrumentId instrumentVersion
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from survey.errors import QuestionnaireError
from survey.instrument.choices import localised_text
from survey.instrument.completion.completion import complete
from survey.instrument.element import read_question, walk
from survey.instrument.finding import LintFinding
from survey.instrument.lint.lint import lint_completed, lint_questionnaire
from survey.instrument.measure import MEASURES
from survey.instrument.question import BLANK, NOT_ASKED, OTHER, ROLES, Band, Choice, Item, Question, Row
from survey.instrument.rate import Rate, rates_of

__all__ = [
    "BLANK",
    "NOT_ASKED",
    "OTHER",
    "ROLES",
    "Band",
    "Choice",
    "Item",
    "Question",
    "Questionnaire",
    "Rate",
    "Row",
    "lint_questionnaire",
    "parse_questionnaire",
    "read_questionnaire",
]

T = TypeVar("T")
ZIP = b"PK\x03\x04"
"""First bytes of a workbook."""
SHOWN = 10
"""Number of errors that are listed; further ones are only counted."""
KEPT = 8
"""Number of contents of files whose questionnaire a process keeps: every page and command reads its study anew."""


@dataclass(frozen=True)
class Questionnaire:
    """A questionnaire accepted by the lint.

    Attributes:
        id: `instrumentId`.
        version: `instrumentVersion`.
        title: the heading.
        questions: in order of asking.
        rates: rates declared by the questions, in order.
        fingerprint: sha256 of the canonical JSON as completed, which changes with any change of content.
        endings: conditions that end the interview after the page of the questions they refer to: SurveyJS triggers of
            type `complete`, and one per question with a choice that screens out.
        source: the canonical JSON; "" for a questionnaire built in code.
    """

    id: str
    version: str
    title: str
    questions: tuple[Question, ...]
    rates: tuple[Rate, ...]
    fingerprint: str
    endings: tuple[str, ...] = ()
    source: str = field(default="", repr=False, compare=False)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All stored coded columns, in order."""
        return tuple(item for question in self.questions for item in question.items)

    @cached_property
    def text_items(self) -> tuple[str, ...]:
        """All stored text columns, in order."""
        return tuple(name for question in self.questions for name in question.text_items)

    @cached_property
    def meanings(self) -> Mapping[str, Mapping[int, Any]]:
        """Question -> stored code -> value in the form, for the questions where they differ."""
        return MappingProxyType({item.name: item.meanings for item in self.questions if item.meanings})

    @cached_property
    def roles(self) -> Mapping[str, Question]:
        """Role of `ROLES` -> its question, for the roles that occur."""
        return MappingProxyType({item.role: item for item in self.questions if item.role and item.role in ROLES})

    def with_role(self, role: str) -> tuple[Question, ...]:
        """Return all questions of a role, including general ones such as "channel" or "open"."""
        return tuple(question for question in self.questions if question.role == role)

    @cached_property
    def _questions(self) -> Mapping[str, Question]:
        return {question.name: question for question in self.questions}

    @cached_property
    def _items(self) -> Mapping[str, Item]:
        return {item.name: item for item in self.items}

    @cached_property
    def _rates(self) -> Mapping[str, Rate]:
        return {rate.name: rate for rate in self.rates}

    def question(self, name: str) -> Question:
        """Return the question of this name; raise QuestionnaireError if there is none."""
        return _found(self._questions, name, "题目")

    def item(self, name: str) -> Item:
        """Return the stored column of this name; raise QuestionnaireError if there is none."""
        return _found(self._items, name, "数据列")

    def rate(self, name: str) -> Rate:
        """Return the rate of this name; raise QuestionnaireError if there is none."""
        return _found(self._rates, name, "指标率")

    def headline(self, measure: str) -> Rate | None:
        """Return the headline rate of a measure, or None if the questionnaire does not ask it."""
        return next((rate for rate in self.rates if rate.measure == measure and rate.overall), None)

    def headlines(self, measures: Collection[str] | None = None) -> tuple[Rate, ...]:
        """Return the headline rates that are asked, in the order of `MEASURES`; only those of `measures` if given."""
        wanted = [key for key in MEASURES if measures is None or key in measures]
        return tuple(rate for key in wanted if (rate := self.headline(key)) is not None)

    def single_rates(self, measures: Collection[str]) -> tuple[Rate, ...]:
        """Return the strict rates of single items of these measures, without their headlines."""
        rates = (rate for rate in self.rates if rate.variant == "strict" and not rate.overall)
        return tuple(rate for rate in rates if rate.measure in measures)


def _found(known: Mapping[str, T], name: str, what: str) -> T:
    if name not in known:
        raise QuestionnaireError(f"问卷中没有这个{what}", got=name, expected="、".join(known))
    return known[name]


def read_questionnaire(path: Path | str) -> Questionnaire:
    """Read a questionnaire file.

    Args:
        path: a JSON file, UTF-8 with or without BOM.

    Raises:
        QuestionnaireError: the file is missing or not JSON, or the lint finds an error.
    """
    return _accepted(_of_file(path, _kept), str(path))


def read_survey(path: Path | str) -> dict[str, Any]:
    """Return the JSON of a questionnaire that the lint accepts, completed; raise QuestionnaireError as `load_json`."""
    survey: dict[str, Any] = complete(load_json(path)).survey
    return survey


def load_json(path: Path | str) -> Any:
    """Return the JSON value of a file; raise QuestionnaireError with line and column of a syntax error."""
    return _of_file(path, _value)


def _value(content: bytes) -> Any:
    return json.loads(content.decode("utf-8-sig"))


def _of_file(path: Path | str, read: Callable[[bytes], T]) -> T:
    """Return what `read` makes of the content of a file; raise QuestionnaireError as `load_json`."""
    try:
        content = Path(path).read_bytes()
        if content.startswith(ZIP):
            raise QuestionnaireError(
                "问卷文件是 Excel 工作簿，不是 JSON",
                where=str(path),
                cure="XLSForm 先用 silu xlsform 转换成 questionnaire.json",
            )
        return read(content)
    except OSError as error:
        raise QuestionnaireError("问卷文件打不开", where=str(path), got=error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise QuestionnaireError(
            "问卷文件不是 UTF-8 编码", where=str(path), cure="用文本编辑器另存为 UTF-8 后重试"
        ) from error
    except json.JSONDecodeError as error:
        raise QuestionnaireError(
            "问卷文件不是合法的 JSON",
            where=f"{path} 第 {error.lineno} 行第 {error.colno} 列",
            cure="检查这一行附近的引号、逗号和括号",
        ) from error
    except RecursionError as error:
        raise QuestionnaireError(
            "问卷文件的括号嵌套太深", where=str(path), cure="多半不是问卷文件；请重新导出问卷"
        ) from error


def parse_questionnaire(survey: Mapping[str, Any], where: str = "") -> Questionnaire:
    """Build a questionnaire from its JSON value, completed.

    Args:
        survey: the SurveyJS object; see `survey.instrument.completion`.
        where: file name for error messages.

    Raises:
        QuestionnaireError: the lint finds an error.
    """
    return _accepted(_judged(survey), where)


def _accepted(judged: Questionnaire | tuple[LintFinding, ...], where: str) -> Questionnaire:
    if isinstance(judged, Questionnaire):
        return judged
    listing = "\n  ".join(["", *map(str, judged[:SHOWN])])
    raise QuestionnaireError(
        f"问卷有 {len(judged)} 个错误", where=where + listing, cure="用 silu lint 查看全部问题，改好后重试"
    )


@lru_cache(maxsize=KEPT)
def _kept(content: bytes) -> Questionnaire | tuple[LintFinding, ...]:
    return _judged(_value(content))


def _judged(survey: Mapping[str, Any]) -> Questionnaire | tuple[LintFinding, ...]:
    """Return the questionnaire of a JSON value, or the errors that the lint finds."""
    completed = complete(survey)
    errors = tuple(finding for finding in lint_completed(completed) if finding.level == "error")
    return errors or _built(completed.survey)


def _built(survey: Mapping[str, Any]) -> Questionnaire:
    elements = list(walk(survey))
    questions = tuple(read_question(element, page=page, around=around) for page, element, around, _ in elements)
    rates = [rate for question, entry in zip(questions, elements, strict=True) for rate in rates_of(question, entry[1])]
    return Questionnaire(
        id=survey.get("instrumentId", ""),
        version=survey.get("instrumentVersion", ""),
        title=localised_text(survey.get("title")),
        questions=questions,
        rates=_with_headlines(rates),
        fingerprint=fingerprint(survey),
        source=canonical(survey),
        endings=(*(entry["expression"] for entry in survey.get("triggers", ())), *_screenings(questions)),
    )


def _screenings(questions: Sequence[Question]) -> Iterator[str]:
    """Yield the conditions under which a choice that screens out was made."""
    for question in questions:
        codes = ", ".join(str(choice.code) for choice in question.choices if choice.screen_out)
        if codes and not question.type.grid:
            yield f"{{{question.name}}} anyof [{codes}]"


def _with_headlines(rates: list[Rate]) -> tuple[Rate, ...]:
    """Mark the only strict rate of a measure as its headline, which needs no `measureOverall`."""
    strict = [rate for rate in rates if rate.variant == "strict"]
    count = Counter(rate.measure for rate in strict)
    lone = {rate.name for rate in strict if count[rate.measure] == 1}
    return tuple(replace(rate, overall=rate.overall or rate.name in lone) for rate in rates)


def fingerprint(survey: Mapping[str, Any]) -> str:
    """Return the sha256 of the canonical JSON."""
    return hashlib.sha256(canonical(survey).encode()).hexdigest()


def canonical(survey: Mapping[str, Any]) -> str:
    """Return the JSON with sorted keys and without blanks, which makes it independent of layout."""
    return json.dumps(survey, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
