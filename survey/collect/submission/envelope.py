"""The envelope of a submission, parsed strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import msgspec
import orjson

from survey.collect.submission.validation import Problem

MAX_SECONDS = 7 * 24 * 3600
"""Upper limit of seconds, a week: a form may stay open for long."""
LONGEST = 200
"""Maximum characters of the optional texts of the envelope."""
Short = Annotated[str, msgspec.Meta(max_length=LONGEST)]


class MalformedError(ValueError):
    """The body is not a valid JSON object; the message gives the reason in Chinese."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """One submission; the fields are the keys of the JSON object.

    Attributes:
        id: the client's UUID as text.
        seconds: time taken, measured by the phone.
        consent: consent given.
        answers: SurveyJS answers.
        place: 12-digit community code of the link, or None.
        started: milliseconds since 1970 on the phone's clock.
        version: fingerprint of the questionnaire on the phone.
        token: single-use invitation.
        seal: pass of an interviewer; the key is "pass".
        device: random name that the phone keeps for itself.
        trap: content of the hidden honeypot field.
        proven: whether parsing has already validated answers and consent.
    """

    proven: ClassVar[bool] = False

    id: str
    seconds: Annotated[int, msgspec.Meta(ge=0)]
    consent: Any
    answers: Any
    place: int | None = None
    started: int = 0
    version: Short = ""
    token: Short = ""
    seal: Short = msgspec.field(default="", name="pass")
    device: Short = ""
    trap: Short = ""


class GuardianShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys and types of the guardian's part of a consent; a form that was changed back may leave some out."""

    relation: Short = ""
    agreed: bool = False


class ConsentShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys, types and lengths of a consent; whether it suffices is a matter of `consent_problems`."""

    agreed: bool = False
    under14: bool = False
    notice: Short = ""
    guardian: GuardianShape = GuardianShape()


TEXTS = ("version", "token", "pass", "device", "trap")
KEYS = frozenset(Envelope.__struct_encode_fields__)


def read_identity(text: str) -> bytes | None:
    """Return the 16 bytes of a UUIDv7 in its canonical lower-case form, None for anything else."""
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
    """Parse a body.

    Raises:
        MalformedError: the body is not a JSON object with these keys and types.
    """
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedError("内容不是合法的 JSON") from None
    if type(parsed) is not dict or not parsed.keys() <= KEYS:
        raise MalformedError("内容的结构不对")
    if (
        type(parsed.get("answers")) is not dict
        or type(parsed.get("consent")) is not dict
        or type(parsed.get("id")) is not str
    ):
        raise MalformedError("缺少 id、consent 或 answers")
    try:
        msgspec.convert(parsed["consent"], ConsentShape)
    except msgspec.ValidationError:
        raise MalformedError("consent 的结构不对") from None
    seconds, place = parsed.get("seconds"), parsed.get("place")
    if type(seconds) is not int or not seconds >= 0 or type(parsed.get("started", 0)) is not int:
        raise MalformedError("seconds 和 started 应为不小于 0 的整数")
    if place is not None and type(place) is not int:
        raise MalformedError("place 应为 12 位整数")
    if any(type(text) is not str or len(text) > LONGEST for text in (parsed.get(key, "") for key in TEXTS)):
        raise MalformedError("附加信息应为短文字")
    parsed["seal"] = parsed.pop("pass", "")
    return Envelope(**parsed)


def consent_problems(consent: Mapping[str, Any], *, young: bool, minors: str) -> list[Problem]:
    """Return what is missing in the consent (rule R-12).

    Args:
        consent: `agreed` true, and for those under 14 `guardian` with the relation.
        young: whether an answer shows that the resident is under 14.
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
