"""The plain way of reading: decoding, codes, ranges and routing of one body in a single pass.

Nearly every body is right, and saying so should cost microseconds. The questionnaire is compiled into a type that
holds nothing but plainly right answers (`shapes`), and what a type cannot say is remembered by the few answers that
decide it. What this way does not take (an interview that ended early, a guardian, an interviewer, anything wrong) is
no verdict: `read` says None, and `read_envelope` and `Validator` decide as if it did not exist.
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
from survey.instrument import expressions
from survey.instrument.question import OTHER_VALUE, Shape
from survey.instrument.questionnaire import Questionnaire

JUDGED = frozenset({Shape.CODES, Shape.DATE})
"""Shapes of which a msgspec type does not say everything: options that exclude one another, days that do not exist."""


class CachedVerdict:
    """A verdict that hangs on a few answers only, and is remembered by them.

    Args:
        fields: of the record, those that decide.
        judge: the verdict on all answers as they stand in a body.
    """

    __slots__ = ("_judge", "_key", "_said")

    def __init__(self, fields: Iterable[str], judge: Condition) -> None:
        """Remember nothing yet."""
        deciding = tuple(fields)
        self._key: Callable[[Any], Any] = attrgetter(*deciding) if deciding else type
        self._judge = judge
        self._said: dict[Any, bool] = {}

    def holds(self, record: Any, body: bytes) -> bool:
        """The verdict; on a combination not met before it is given as the long way would give it."""
        key = self._key(record)
        verdict = self._said.get(key)
        if verdict is None:
            verdict = self._judge(orjson.loads(body)["answers"])
            if len(self._said) < REMEMBERED:
                self._said[key] = verdict
        return verdict


class FastReader:
    """Reads bodies of residents that are right beyond doubt.

    Args:
        questionnaire: the one in force.
        rules: its questions, compiled by the validator.
        bounds: how many options may be ticked, and from which age nobody else has to agree.
        places: community codes that a link may name.
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
        """The envelope of a body that can be stored as it is, or None: then it is to be read the long way."""
        try:
            envelope: Envelope = self._decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None
        if envelope.seal or not (envelope.place is None or envelope.place in self._places):
            return None
        return envelope if self._agree(envelope.answers, body) else None

    def _agree(self, record: Any, body: bytes) -> bool:
        """Whether answers that are right one by one also fit one another."""
        for own, comment in self._others:  # first, so that no gate judges 其他 by the text of somebody else
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
    """Fields that a condition looks at; an answer that no record holds is always missing and decides nothing."""
    names = (name.partition(".")[0] for name in expressions.parse(text).names)
    return [OWN % at[name] for name in dict.fromkeys(names) if name in at]


def _not(ends: Condition) -> Condition:
    return lambda answers: not ends(answers)


def _fits(rule: QuestionRule) -> Condition:
    return lambda answers: rule.name not in answers or rule.check(answers[rule.name], answers) is None
