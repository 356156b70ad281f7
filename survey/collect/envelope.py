"""The envelope: what the phone sends around the answers, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from survey.collect.validation import Problem

MAX_SECONDS = 7 * 24 * 3600
"""Seconds are capped at a week: a form may lie open in a pocket."""
TEXTS = frozenset({"version", "token", "pass", "device", "trap"})
"""Optional keys that hold text."""
LONGEST = 200
KEYS = frozenset({"id", "place", "started", "seconds", "consent", "answers", *TEXTS})


class MalformedError(ValueError):
    """The body is no JSON object of ours; the text says why, in Chinese."""


class Envelope(NamedTuple):
    """One submission.

    Attributes:
        id: the client's UUID as text.
        place: 12-digit community code of the link, or None.
        seconds: time taken, as the phone counted it.
        texts: version, token, pass, device, trap; those that were sent.
        consent: what was agreed to.
        answers: SurveyJS answers.
    """

    id: str
    place: int | None
    seconds: int
    texts: Mapping[str, str]
    consent: Mapping[str, Any]
    answers: Mapping[str, Any]


def read_identity(text: str) -> bytes | None:
    """The 16 bytes of a UUIDv7 in its canonical lower-case form, None for anything else."""
    if len(text) != 36 or text[14] != "7" or text[19] not in "89ab" or text != text.lower():
        return None
    if text[8] + text[13] + text[18] + text[23] != "----":
        return None
    try:
        identity = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        return None
    return identity if len(identity) == 16 else None


def read_envelope(body: bytes) -> Envelope:
    """Read a body.

    Raises:
        MalformedError: it is no JSON object with these keys and kinds of value.
    """
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedError("内容不是合法的 JSON") from None
    if type(said) is not dict or not said.keys() <= KEYS:
        raise MalformedError("内容的结构不对")
    take = said.pop
    identity, answers, consent = take("id", None), take("answers", None), take("consent", None)
    if type(answers) is not dict or type(consent) is not dict or type(identity) is not str:
        raise MalformedError("缺少 id、consent 或 answers")
    seconds, place = take("seconds", None), take("place", None)
    if type(seconds) is not int or not seconds >= 0 or type(take("started", 0)) is not int:
        raise MalformedError("seconds 和 started 应为不小于 0 的整数")
    if place is not None and type(place) is not int:
        raise MalformedError("place 应为 12 位整数")
    for text in said.values():  # what is left
        if type(text) is not str or len(text) > LONGEST:
            raise MalformedError("附加信息应为短文字")
    return Envelope(identity, place, seconds if seconds < MAX_SECONDS else MAX_SECONDS, said, consent, answers)


def consent_problems(consent: Mapping[str, Any], *, young: bool, minors: str) -> list[Problem]:
    """What is missing in the consent (rule R-12).

    Args:
        consent: `agreed` true, and for those under 14 `guardian` with the relation.
        young: an answer says that the resident is under 14.
        minors: "guardian" or "block".
    """
    if consent.get("agreed") is not True:
        return [Problem("consent", "consent")]
    if not (young or consent.get("under14") is True):
        return []
    if minors == "block":
        return [Problem("guardian", "young")]
    guardian = consent.get("guardian")
    named = isinstance(guardian, dict) and guardian.get("agreed") is True and bool(guardian.get("relation"))
    return [] if named else [Problem("guardian", "guardian")]
