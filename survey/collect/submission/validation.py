"""Validation of one submission by the questionnaire; the server does not trust the form.

The questionnaire is compiled once into one small function per question, because validation runs on every submission.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from survey.collect.submission.answer_rules import CHECKS, COMMENT, Check, plain_codes
from survey.instrument.conditions import expressions
from survey.instrument.conditions.syntax import Logic, is_boolean
from survey.instrument.question import OTHER_VALUE, Question, Shape
from survey.instrument.questionnaire import Questionnaire

REASONS: Mapping[str, str] = {
    "unknown": "问卷中没有这道题",
    "hidden": "这道题不该出现，却有答案",
    "required": "请填写此问题",
    "kind": "答案的形式不对",
    "code": "没有这个选项",
    "exclusive": "所选的选项互相排斥",
    "many": "选得太多",
    "other": "请注明“其他”的内容",
    "range": "数值超出范围",
    "long": "文字太长",
    "consent": "没有同意知情说明",
    "guardian": "未满 14 周岁，需要监护人同意",
    "young": "本调查不面向未满 14 周岁的未成年人",
    "place": "没有这个调查点",
    "honest": "访问员信息不对",
}
"""Reason -> message for the resident."""

REMEMBERED = 4096
"""Maximum number of cached verdicts of a condition."""

ENDLESS = 1 << 30
"""Page after which an interview without an early end ends."""
Condition = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: the name of the question and the reason, a key of `REASONS`."""

    question: str
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionRule:
    """One question, compiled.

    Attributes:
        name, page, required: as in the questionnaire.
        comment: key of the 其他 text, None where there is none.
        visible: None for always.
        codes: answers that are valid without further checks; `check` decides on all others.
        check: returns the problem of an answer, None where it is valid.
    """

    name: str
    comment: str | None
    page: int
    required: bool
    visible: Condition | None
    codes: frozenset[int]
    check: Check


def condition(text: str) -> Condition:
    """Return a visibleIf as a function of the answers, cached by the few answers that it uses."""
    return _compiled(expressions.parse(text))


def _compiled(parsed: expressions.Expression) -> Condition:
    """Compile parts joined by "and" or "or" separately, because most parts use one answer only."""
    root = parsed.root
    if not isinstance(root, Logic) or not is_boolean(root):
        return _remembering(parsed)
    parts = tuple(_compiled(expressions.Expression(parsed.text, part)) for part in root.parts)
    decisive = root.operator != "and"

    def holds(answers: Mapping[str, Any]) -> bool:
        for part in parts:
            if part(answers) is decisive:
                return decisive
        return not decisive

    return holds


def _remembering(parsed: expressions.Expression) -> Condition:
    names = tuple(dict.fromkeys([*parsed.names, *(name.partition(".")[0] for name in parsed.names)]))
    verdicts: dict[bytes, bool] = {}
    plain: dict[int | None, bool] = {}
    only = names[0] if len(names) == 1 else ""

    def holds(answers: Mapping[str, Any]) -> bool:
        value = answers.get(only)
        simple = only != "" and (value is None or type(value) is int)
        if simple and value in plain:
            return plain[value]
        try:
            key = orjson.dumps([answers.get(name) for name in names])
        except orjson.JSONEncodeError:  # nested too deeply for orjson: invalid, and not cached
            return False
        verdict = verdicts.get(key)
        if verdict is None:
            verdict = expressions.evaluate_one(parsed, answers)
            if len(verdicts) < REMEMBERED:
                verdicts[key] = verdict
                if simple:
                    plain[value] = verdict
        return verdict

    return holds


class Validator:
    """Checks submissions against a questionnaire.

    Args:
        questionnaire: the current questionnaire.
        interviewer: whether an interviewer fills in the form, which shows the interviewer's own questions.
        most: question -> maximum number of options, where there is a limit.
    """

    def __init__(
        self, questionnaire: Questionnaire, *, interviewer: bool = False, most: Mapping[str, int] | None = None
    ) -> None:
        """Compile every question."""
        self._most = dict(most or {})
        self.rules = tuple(_rule(question, interviewer) for question in questionnaire.questions)
        self._steps = tuple((rule.name, rule.page, rule.visible, rule.codes, rule) for rule in self.rules)
        self._others = tuple((rule.name, rule.comment) for rule in self.rules if rule.comment)
        self._known = frozenset([*(rule.name for rule in self.rules), *(comment for _, comment in self._others)])
        self._endings = tuple((condition(text), page) for text, page in endings(questionnaire))

    def visible(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the names of the questions shown with these answers."""
        return tuple(rule.name for rule in self.rules if rule.visible is None or rule.visible(answers))

    def check(self, answers: Mapping[str, Any]) -> list[Problem]:
        """Return all problems of a submission, in order of the questions; empty when it is valid."""
        problems: list[Problem] = []
        if not answers.keys() <= self._known:
            problems += [Problem(name[:100], "unknown") for name in sorted(answers.keys() - self._known)]
        last = min((page for ends, page in self._endings if ends(answers)), default=ENDLESS)
        get = answers.get
        for name, page, visible, codes, rule in self._steps:
            value = get(name)
            if page <= last and (visible is None or visible(answers)):
                if type(value) is int and value in codes:
                    continue
                reason = _judge(rule, value, answers)
            else:
                reason = "hidden" if value is not None else None
            if reason is not None:
                problems.append(Problem(name, reason))
        return problems + self._comments(answers) + self._many(answers)

    def _comments(self, answers: Mapping[str, Any]) -> list[Problem]:
        """Return problems of texts for 其他 that was not chosen."""
        found = [(name, comment) for name, comment in self._others if comment in answers]
        return [Problem(name, "hidden") for name, _ in found if not _chose_other(answers.get(name))]

    def _many(self, answers: Mapping[str, Any]) -> list[Problem]:
        lists = [(name, limit, answers.get(name)) for name, limit in self._most.items()]
        return [Problem(name, "many") for name, limit, value in lists if type(value) is list and len(value) > limit]


def _judge(rule: QuestionRule, value: Any, answers: Mapping[str, Any]) -> str | None:
    if value is None or value in ("", []):
        return "required" if rule.required else None
    return rule.check(value, answers)


def _chose_other(value: Any) -> bool:
    return OTHER_VALUE in value if type(value) is list else bool(value == OTHER_VALUE)


def endings(questionnaire: Questionnaire) -> list[tuple[str, int]]:
    """Return conditions that end the interview, each with the last page it uses, after which it applies."""
    pages = {question.name: question.page for question in questionnaire.questions}
    found = []
    for text in questionnaire.endings:
        names = (name.partition(".")[0] for name in expressions.parse(text).names)
        found.append((text, max((pages[name] for name in names if name in pages), default=0)))
    return found


def _rule(question: Question, interviewer: bool) -> QuestionRule:
    visible = condition(question.visible_if) if question.visible_if else None
    if question.interviewer and not interviewer:
        visible = _never
    comment = question.name + COMMENT if question.other else None
    codes = frozenset(plain_codes(question)) if question.type.shape is Shape.CODE else frozenset()
    check = CHECKS[question.type.shape](question)
    return QuestionRule(question.name, comment, question.page, question.required, visible, codes, check)


def _never(answers: Mapping[str, Any]) -> bool:
    return False
