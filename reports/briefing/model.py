"""The content model of a document, the same for every form: head, blocks of words and bound numbers, foot.

A renderer lays the blocks out and adds no word and no number of its own, except page numbers, marks of verdicts and the
code of the document (`reports.briefing.record.code`), which is the hash of this model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum

from reports.briefing.blocks import NOTHING, Block, Chart, Table, Text
from reports.sentences.sentence import Binding, Sentence


class Kind(StrEnum):
    """The kinds of documents, by their Chinese names."""

    BRIEF = "简报"
    PROFILE = "区域档案"
    CIRCULAR = "通报"
    REPORT = "专题汇报"
    NOTICE = "整改通知单"
    SUPERVISION = "督办单"
    DECK = "汇报演示"


@dataclass(frozen=True, eq=False, slots=True)
class Head:
    """What stands above the title. Every part may be empty.

    Attributes:
        red: the red name.
        number: number of the issue or of the document.
        left, right: the line above the red rule: issuer and date, or number and number in the ledger.
        mark: the frame at the top right: simulated data, or the state of a document that no longer counts.
        secrecy: the words at the top left.
        addressee: to whom it is addressed.
    """

    red: Sentence = NOTHING
    number: Sentence = NOTHING
    left: Sentence = NOTHING
    right: Sentence = NOTHING
    mark: Sentence = NOTHING
    secrecy: Sentence = NOTHING
    addressee: Sentence = NOTHING


@dataclass(frozen=True, eq=False, slots=True)
class Foot:
    """What stands below the blocks. Every part may be empty.

    Attributes:
        signature, date: who signs, and when.
        fields: lines to be filled in by hand, each with its label.
        method: light and method, in small type; carries the data version.
        sent: to whom it goes, the lines of the last page; what follows a tab stands at the right edge.
        source: survey, method, days and data version in one line, for the foot of each page and slide.
    """

    method: Text
    source: Sentence
    signature: Sentence = NOTHING
    date: Sentence = NOTHING
    fields: tuple[Sentence, ...] = ()
    sent: tuple[Sentence, ...] = ()


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Briefing:
    """The content of one document.

    Attributes:
        kind: what it is.
        area: the area or unit it is about; "" for the city.
        title: the finding as a title.
        head, foot: what stands above and below.
        blocks: in order.
        spoken: the spoken summaries of at most 100, 300 and 800 characters; none for notices.
        facts: study, wave, mode, data version, day and settings, by English name: what an audit looks for.
    """

    kind: Kind
    area: str
    title: Sentence
    head: Head
    blocks: tuple[Block, ...]
    foot: Foot
    facts: tuple[tuple[str, str], ...]
    spoken: tuple[Sentence, ...] = ()

    @property
    def day(self) -> str:
        """Return the day of the document, ISO: that of the data version."""
        return dict(self.facts)["day"]

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return its tables, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Return its charts, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Chart))

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Return everything that it says, alternative texts and spoken summaries included, in order."""
        return tuple(one for one in _found(self, Sentence) if one)

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """Return every number in it, those of charts included, in order."""
        return tuple(_found(self, Binding))


def _found(part: object, kind: type) -> Iterator:  # type: ignore[type-arg]
    """Yield the parts of one kind within a model, in order."""
    if isinstance(part, kind):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from _found(one, kind)
    elif is_dataclass(part) and not isinstance(part, Binding):
        for one in fields(part):
            yield from _found(getattr(part, one.name), kind)
