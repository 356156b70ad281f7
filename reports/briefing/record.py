"""The record of a document: the content model as JSON, its code, and the model read back from it.

The code is the hash of the model, so two documents with the same code say the same in every form.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from reports.briefing import blocks, model
from reports.briefing.blocks import Role
from reports.briefing.model import Briefing, Kind
from reports.sentences.formats import Format
from reports.sentences.sentence import Binding, Declared, Name, Sentence

PARTS: Mapping[str, type] = {
    one.__name__: one
    for one in (
        blocks.Action, blocks.Actions, blocks.Annex, blocks.Chart, blocks.Column, model.Briefing, model.Foot,
        model.Head, blocks.Heading, blocks.Paragraph, blocks.Point, blocks.Run, blocks.Table,
    )
}  # fmt: skip
LATER = ("by", "change", "finding", "lead")
"""Fields that earlier records do not have: left out where they are empty, so that the codes of these still hold."""
SIZE = 4
"""Characters of each of the three groups of a code."""


KNOWN: WeakKeyDictionary[Briefing, str] = WeakKeyDictionary()
"""Document -> its code, since each form and page of it asks for it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The numbers of a reference as they were when the document was made.

    Attributes:
        address: where they came from.
        values: the numbers.
    """

    address: str
    values: tuple[Any, ...]

    def read(self) -> tuple[Any, ...]:
        """Return the numbers."""
        return self.values


def to_json(found: Briefing) -> str:
    """Return the model as JSON, the same text for the same model."""
    return json.dumps(_plain(found), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Briefing:
    """Return the model of a record; its numbers are those that were recorded."""
    found = _built(json.loads(text))
    if not isinstance(found, Briefing):
        raise ValueError("no briefing")
    return found


def code(found: Briefing) -> str:
    """Return the verification code of a document, such as A194-EA11-8C16."""
    if found not in KNOWN:
        KNOWN[found] = _code(to_json(found))
    return KNOWN[found]


def kept(text: str) -> Briefing:
    """Return the model of a record under the code with which it was issued: the hash of its text as it was written.

    A later program may write the same model in other words of JSON; the code on paper stays that of the record.
    """
    found = from_json(text)
    KNOWN[found] = _code(text)
    return found


def settled(found: Briefing) -> Briefing:
    """Return the same document with each number read once, so that making its forms reads no table again."""
    return kept(to_json(found))


def _code(text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest().upper()
    return "-".join(digest[at : at + SIZE] for at in range(0, 3 * SIZE, SIZE))


def _plain(part: object) -> Any:
    if isinstance(part, Sentence):
        return {"sentence": [_piece(piece) for piece in part.pieces]}
    if isinstance(part, Binding):
        return _piece(part)
    if isinstance(part, tuple):
        return [_plain(one) for one in part]
    if is_dataclass(part):
        values = {one.name: getattr(part, one.name) for one in fields(part)}
        named = {name: _plain(value) for name, value in values.items() if value or name not in LATER}
        return {"part": type(part).__name__, **named}
    return str(part) if isinstance(part, str) else part


def _piece(piece: object) -> Any:
    if isinstance(piece, Binding):
        values = [_number(value) for value in piece.reference.read()]
        return {"number": values, "at": piece.reference.address, "format": str(piece.format)}
    if isinstance(piece, Name):
        return {"name": piece.text}
    if isinstance(piece, Declared):
        return {"declared": piece.text, "kind": piece.kind}
    return str(piece)


def _number(value: object) -> Any:
    """Return a number as plain JSON; None for a missing one."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or value != value else value  # noqa: PLR0124


def _built(part: Any) -> Any:
    if isinstance(part, list):
        return tuple(_built(one) for one in part)
    if not isinstance(part, dict):
        return part
    if "sentence" in part:
        return Sentence(tuple(_rebuilt(one) for one in part["sentence"]))
    if "part" not in part:
        return _rebuilt(part)
    named = {name: _built(value) for name, value in part.items() if name != "part"}
    kind = PARTS[part["part"]]
    if kind is Briefing:
        named["kind"] = Kind(named["kind"])
    if kind is blocks.Paragraph:
        named["role"] = Role(named["role"])
    return kind(**named)


def _rebuilt(piece: Any) -> Any:
    if isinstance(piece, str):
        return piece
    if "name" in piece:
        return Name(piece["name"])
    if "declared" in piece:
        return Declared(piece["declared"], piece["kind"])
    values = tuple(float("nan") if value is None else value for value in piece["number"])
    return Binding(Recorded(piece["at"], values), Format(piece["format"]))
