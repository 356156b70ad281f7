"""Fast path of parsing: decoding, codes, ranges and routing of one body in a single pass.

Nearly every body is valid, and checking it should take microseconds. The questionnaire is compiled into a type that
accepts only plain valid answers (`fast_types`); conditions that a type cannot express are cached by the few answers
that decide them. Other bodies (an interview that ended early, a guardian, an interviewer, an invalid answer) get no
verdict: `read` returns None, and `read_envelope` and `Validator` decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from operator import attrgetter
from typing import Any

import msgspec
import orjson

from survey.collect.submission.envelope import Envelope
from survey.collect.submission.fast_types import COMMENTED, OWN, Bounds, is_plain, proven
from survey.collect.submission.validation import REMEMBERED, Condition, QuestionRule, condition
from survey.instrument.conditions import expressions
from survey.instrument.question import OTHER_VALUE, Shape
from survey.instrument.questionnaire import Questionnaire

JUDGED = frozenset({Shape.CODES, Shape.DATE})
"""Shapes that a msgspec type cannot fully express: mutually exclusive options, non-existent days."""


class CachedVerdict:
    """A verdict that depends on a few answers only, cached by them.

    Args:
        fields: fields of the record that decide.
        judge: the verdict on all answers of a body.
    """

    __slots__ = ("_judge", "_key", "_verdicts")

    def __init__(self, fields: Iterable[str], judge: Condition) -> None:
        """Start with an empty cache."""
        deciding = tuple(fields)
        self._key: Callable[[Any], Any] = attrgetter(*deciding) if deciding else type
        self._judge = judge
        self._verdicts: dict[Any, bool] = {}

    def holds(self, record: Any, body: bytes) -> bool:
        """Return the verdict; evaluate it like the slow path for a new combination."""
        key = self._key(record)
        verdict = self._verdicts.get(key)
        if verdict is None:
            verdict = self._judge(orjson.loads(body)["answers"])
            if len(self._verdicts) < REMEMBERED:
                self._verdicts[key] = verdict
        return verdict


class FastReader:
    """Parses bodies of residents that are certainly valid.

    Args:
        questionnaire: the one in force.
        rules: its questions, as compiled by the validator.
        bounds: maximum number of options, and age from which no guardian is needed.
        places: valid community codes.
    """

    def __init__(
        self, questionnaire: Questionnaire, rules: Sequence[QuestionRule], *, bounds: Bounds, places: Set[int]
    ) -> None:
        """Compile the questionnaire."""
        pairs = zip(questionnaire.questions, rules, strict=True)
        asked = [(question, rule) for question, rule in pairs if is_plain(question)]
        at = {question.name: place for place, (question, _) in enumerate(asked)}
        self._decode = msgspec.json.Decoder(proven([question for question, _ in asked], bounds)).decode
        self._places = places
        self._others = tuple(
            (attrgetter(OWN % at[question.name]), attrgetter(COMMENTED % at[question.name]))
            for question, _ in asked
            if question.other
        )
        self._gates = (
            *(CachedVerdict(_fields(text, at), _not(condition(text))) for text in questionnaire.endings),
            *(
                CachedVerdict((OWN % at[rule.name],), _fits(rule))
                for question, rule in asked
                if question.type.shape in JUDGED
            ),
        )
        self._shown = tuple(
            (
                CachedVerdict(_fields(question.visible_if or "", at), rule.visible),
                attrgetter(OWN % at[rule.name]),
                rule.required,
            )
            for question, rule in asked
            if rule.visible is not None
        )

    def read(self, body: bytes) -> Envelope | None:
        """Return the envelope of a valid body, or None where the slow path must decide."""
        try:
            envelope: Envelope = self._decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None
        if envelope.seal or not (envelope.place is None or envelope.place in self._places):
            return None
        return envelope if self._agree(envelope.answers, body) else None

    def _agree(self, record: Any, body: bytes) -> bool:
        """Return whether individually valid answers are consistent with each other."""
        for own, comment in self._others:  # first, because the cached verdicts do not depend on the text of 其他
            if (comment(record) is not None) is not _other(own(record)):
                return False
        for gate in self._gates:
            if not gate.holds(record, body):
                return False
        for gate, own, required in self._shown:
            answered = own(record) is not None
            if (answered or required) and gate.holds(record, body) is not answered:
                return False
        return True


def _other(value: Any) -> bool:
    return OTHER_VALUE in value if type(value) is tuple else bool(value == OTHER_VALUE)


def _fields(text: str, at: Mapping[str, int]) -> list[str]:
    """Return fields used by a condition; answers that no record holds are always missing and have no effect."""
    names = (name.partition(".")[0] for name in expressions.parse(text).names)
    return [OWN % at[name] for name in dict.fromkeys(names) if name in at]


def _not(ends: Condition) -> Condition:
    return lambda answers: not ends(answers)


def _fits(rule: QuestionRule) -> Condition:
    return lambda answers: rule.name not in answers or rule.check(answers[rule.name], answers) is None
