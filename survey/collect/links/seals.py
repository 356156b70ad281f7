"""Seals: codes that the server makes and verifies without a lookup.

A receipt is the number of a submission with a keyed code, so it cannot be guessed and needs no index.
Invitations and interviewers' passes carry their content and a code likewise: 17-990101001001-3KV-CODE and
BASE64(household@20270314.0|name).CODE. Those of version 0.1.0 carry no date. Keys come from `keys`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date, timedelta

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters that are unambiguous in print: no 0, O, 1, I."""
PAIRS = tuple(first + second for first in ALPHABET for second in ALPHABET)
"""Pairs of characters, ten bits each. A code has 50 bits, which cannot be guessed under the rate limit."""

FIRST_DAY = date(2020, 1, 1)
"""Days of invitations are counted from here."""
CONTENT = re.compile(r"(?P<mode>[^|@]*)(?:@(?P<day>\d{8})\.(?P<issue>\d{1,6}))?\|(?P<interviewer>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pass:
    """Content of an interviewer's link.

    Attributes:
        interviewer: code of the interviewer.
        mode: mode of the interviews.
        expires: last valid day, Beijing time; None for a pass of version 0.1.0.
        issue: number of revocations of this interviewer's passes before it was made.
    """

    interviewer: str
    mode: str
    expires: date | None = None
    issue: int = 0


@dataclass(frozen=True, slots=True)
class Invitation:
    """Content of an invitation.

    Attributes:
        serial: its number, from 1.
        place: 12-digit community code; None for any place.
        expires: last valid day, Beijing time; None for an invitation of version 0.1.0.
    """

    serial: int
    place: int | None
    expires: date | None = None


class Seals:
    """Makes codes with one secret, and verifies codes of this or an older secret.

    Args:
        secret: the newest secret.
        older: secrets whose codes are still valid.
    """

    def __init__(self, secret: bytes, *older: bytes) -> None:
        """Initialize one digest per secret; every code starts from a copy of it."""
        self._keyed = hashlib.blake2b(key=secret, digest_size=8)
        self._older = tuple(Seals(one) for one in older)

    def _digest(self, message: bytes) -> bytes:
        digest = self._keyed.copy()
        digest.update(message)
        return digest.digest()

    def _code(self, purpose: str, content: str) -> str:
        return self._signs_of(f"{purpose}\0{content}".encode())

    def _signs_of(self, message: bytes) -> str:
        number = int.from_bytes(self._digest(message), "big")
        high = PAIRS[number >> 40 & 1023] + PAIRS[number >> 30 & 1023]
        return high + PAIRS[number >> 20 & 1023] + PAIRS[number >> 10 & 1023] + PAIRS[number & 1023]

    def _made(self, purpose: str, content: str, code: str) -> bool:
        """Return whether a code was made with any of the secrets, in constant time."""
        if not code.isascii() or not content.isascii():
            return False
        found = [hmac.compare_digest(one._code(purpose, content), code) for one in (self, *self._older)]
        return any(found)

    def receipt(self, number: int) -> str:
        """Return the receipt of a submission, such as `2K-7QW3M-X9PRT`."""
        code = self._signs_of(b"receipt\0%d" % number)
        return f"{_signs(number)}-{code[:5]}-{code[5:]}"

    def number(self, receipt: str) -> int | None:
        """Return the number in a receipt, None when it is forged. Spaces and case are ignored."""
        parts = "".join(receipt.split()).upper().split("-")
        if len(parts) < 3 or not all(sign in ALPHABET for part in parts for sign in part) or not parts[0]:
            return None
        number = _number(parts[0][:12])
        given = "-".join(parts)
        made = [hmac.compare_digest(one.receipt(number), given) for one in (self, *self._older)]
        return number if any(made) else None

    def invitation(self, given: Invitation) -> str:
        """Return the text of a single-use invitation."""
        content = f"{_signs(given.serial)}-{given.place or ''}"
        if given.expires is not None:
            content += f"-{_signs((given.expires - FIRST_DAY).days)}"
        return f"{content}-{self._code('invitation', content)}"

    def invited(self, token: str) -> Invitation | None:
        """Return the content of an invitation, None when it is forged."""
        content, _, code = token.rpartition("-")
        if not self._made("invitation", content, code):
            return None
        serial, place, *day = content.split("-")
        expires = FIRST_DAY + timedelta(days=_number(day[0])) if day else None
        return Invitation(_number(serial), int(place) if place else None, expires)

    def interviewer_pass(self, given: Pass) -> str:
        """Return the pass in an interviewer's link."""
        until = f"@{given.expires:%Y%m%d}.{given.issue}" if given.expires is not None else ""
        plain = f"{given.mode}{until}|{given.interviewer}"
        content = base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")
        return f"{content}.{self._code('pass', content)}"

    def interviewer(self, text: str) -> Pass | None:
        """Return the content of a pass, None when it is forged."""
        content, _, code = text.rpartition(".")
        if not self._made("pass", content, code):
            return None
        try:
            plain = base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        found = CONTENT.fullmatch(plain)
        if found is None:
            return None
        day = found["day"]
        expires = date(int(day[:4]), int(day[4:6]), int(day[6:])) if day else None
        return Pass(found["interviewer"], found["mode"], expires, int(found["issue"] or 0))

    def hint(self, what: str) -> str:
        """Return a keyed hash of an address or device, which reveals only whether two are equal."""
        return self._digest(f"hint\0{what}".encode())[:6].hex() if what else ""


def _signs(number: int) -> str:
    """Return a number in the alphabet, two characters at a time, without leading zeros."""
    signs = PAIRS[number & 1023]
    while number := number >> 10:
        signs = PAIRS[number & 1023] + signs
    return signs.lstrip(ALPHABET[0]) or ALPHABET[0]


def _number(signs: str) -> int:
    """Return the number encoded in characters of the alphabet."""
    number = 0
    for sign in signs:
        number = number * len(ALPHABET) + ALPHABET.index(sign)
    return number
