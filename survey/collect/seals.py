"""Seals: codes that the server makes and can check without looking anything up.

A receipt is the running number of a letter with a code made from it, so it cannot be guessed and needs no index.
Invitations and interviewer passes carry their content and a code in the same way: 17-990101001001-3KV-CODE and
BASE64(household@20270314.0|name).CODE. Those of version 0.1.0 carry no date. The keys are `survey.collect.keys`.
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
"""32 signs that nobody mistakes for one another on a printed slip: no 0, O, 1, I."""
PAIRS = tuple(first + second for first in ALPHABET for second in ALPHABET)
"""Ten bits at a time: a code has ten signs, 50 bits, and guessing one under the rate limit outlasts any survey."""

FIRST_DAY = date(2020, 1, 1)
"""Days of invitations are counted from here."""
CONTENT = re.compile(r"(?P<mode>[^|@]*)(?:@(?P<day>\d{8})\.(?P<issue>\d{1,6}))?\|(?P<interviewer>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pass:
    """What an interviewer's link says.

    Attributes:
        interviewer: code of the interviewer.
        mode: how the interviews are done.
        expires: last day, Beijing time, on which it is good; None where version 0.1.0 made it.
        issue: how often passes of this interviewer had been revoked when it was made.
    """

    interviewer: str
    mode: str
    expires: date | None = None
    issue: int = 0


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation says.

    Attributes:
        serial: its number, from 1.
        place: 12-digit community code that it is for; None for anywhere.
        expires: last day, Beijing time, on which it is good; None where version 0.1.0 made it.
    """

    serial: int
    place: int | None
    expires: date | None = None


class Seals:
    """Makes codes with one secret, and checks those that it or an older one made.

    Args:
        secret: the newest.
        older: secrets whose codes are still good.
    """

    def __init__(self, secret: bytes, *older: bytes) -> None:
        """Take each secret in once; every code starts from a copy of that."""
        self._keyed = hashlib.blake2b(key=secret, digest_size=8)
        self._older = tuple(Seals(one) for one in older)

    def _digest(self, said: bytes) -> bytes:
        digest = self._keyed.copy()
        digest.update(said)
        return digest.digest()

    def _code(self, purpose: str, content: str) -> str:
        return self._signs_of(f"{purpose}\0{content}".encode())

    def _signs_of(self, said: bytes) -> str:
        number = int.from_bytes(self._digest(said), "big")
        high = PAIRS[number >> 40 & 1023] + PAIRS[number >> 30 & 1023]
        return high + PAIRS[number >> 20 & 1023] + PAIRS[number >> 10 & 1023] + PAIRS[number & 1023]

    def _made(self, purpose: str, content: str, code: str) -> bool:
        """Whether a code was made here, with any of the secrets; takes as long whether it was or not."""
        if not code.isascii() or not content.isascii():
            return False
        found = [hmac.compare_digest(one._code(purpose, content), code) for one in (self, *self._older)]
        return any(found)

    def receipt(self, number: int) -> str:
        """The receipt of a letter, such as `2K-7QW3M-X9PRT`."""
        code = self._signs_of(b"receipt\0%d" % number)
        return f"{_signs(number)}-{code[:5]}-{code[5:]}"

    def number(self, receipt: str) -> int | None:
        """The running number behind a receipt, None when it was not made here. Blanks and case do not matter."""
        parts = "".join(receipt.split()).upper().split("-")
        if len(parts) < 3 or not all(sign in ALPHABET for part in parts for sign in part) or not parts[0]:
            return None
        number = _number(parts[0][:12])
        said = "-".join(parts)
        made = [hmac.compare_digest(one.receipt(number), said) for one in (self, *self._older)]
        return number if any(made) else None

    def invitation(self, given: Invitation) -> str:
        """The text of a single-use invitation."""
        content = f"{_signs(given.serial)}-{given.place or ''}"
        if given.expires is not None:
            content += f"-{_signs((given.expires - FIRST_DAY).days)}"
        return f"{content}-{self._code('invitation', content)}"

    def invited(self, token: str) -> Invitation | None:
        """What an invitation says, None when it was not made here."""
        content, _, code = token.rpartition("-")
        if not self._made("invitation", content, code):
            return None
        serial, place, *day = content.split("-")
        expires = FIRST_DAY + timedelta(days=_number(day[0])) if day else None
        return Invitation(_number(serial), int(place) if place else None, expires)

    def interviewer_pass(self, given: Pass) -> str:
        """The pass that an interviewer's link carries."""
        until = f"@{given.expires:%Y%m%d}.{given.issue}" if given.expires is not None else ""
        said = f"{given.mode}{until}|{given.interviewer}"
        content = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
        return f"{content}.{self._code('pass', content)}"

    def interviewer(self, text: str) -> Pass | None:
        """What a pass says, None when it was not made here."""
        content, _, code = text.rpartition(".")
        if not self._made("pass", content, code):
            return None
        try:
            said = base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        found = CONTENT.fullmatch(said)
        if found is None:
            return None
        day = found["day"]
        expires = date(int(day[:4]), int(day[4:6]), int(day[6:])) if day else None
        return Pass(found["interviewer"], found["mode"], expires, int(found["issue"] or 0))

    def hint(self, what: str) -> str:
        """A keyed hash of an address or device: the same thing twice looks the same, and no more can be told."""
        return self._digest(f"hint\0{what}".encode())[:6].hex() if what else ""


def _signs(number: int) -> str:
    """A number in the alphabet, two signs at a time, without leading zeros."""
    signs = PAIRS[number & 1023]
    while number := number >> 10:
        signs = PAIRS[number & 1023] + signs
    return signs.lstrip(ALPHABET[0]) or ALPHABET[0]


def _number(signs: str) -> int:
    """The number behind signs of the alphabet."""
    number = 0
    for sign in signs:
        number = number * len(ALPHABET) + ALPHABET.index(sign)
    return number
