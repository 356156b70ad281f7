"""Find and mask phone numbers and identity numbers, so that no preview shows them."""

from __future__ import annotations

import re

PHONE = re.compile(r"(?<![\d.])1[3-9]\d{9}(?!\d)")
IDENTITY = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)",
)


def masked(text: str) -> str:
    """Return the text with all but the ends of phone and identity numbers replaced by asterisks."""
    plain = IDENTITY.sub(lambda found: f"{found[0][:6]}********{found[0][-4:]}", text)
    return PHONE.sub(lambda found: f"{found[0][:3]}****{found[0][-4:]}", plain)


def is_personal(text: str) -> bool:
    """Return whether a text holds a phone number or an identity number."""
    return bool(PHONE.search(text) or IDENTITY.search(text))
