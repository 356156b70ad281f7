"""The content model of a document: blocks of words and bound numbers, the same for every form.

A renderer lays the blocks out and adds no word and no number of its own, except page numbers, marks of verdicts and the
code of the document (`reports.briefing.record.code`), which is the hash of this model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum

from reports.sentences.sentence import Binding, Sentence

NOTHING = Sentence()


class Kind(StrEnum):
    """The kinds of documents, by their Chinese names."""

    BRIEF = "简报"
    PROFILE = "区域档案"
    CIRCULAR = "通报"
    REPORT = "专题汇报"
    NOTICE = "整改通知单"
    SUPERVISION = "督办单"


class Role(StrEnum):
    """What a paragraph is, which decides its type."""

    BANNER = "banner"
    LEAD = "lead"
    BODY = "body"
    NOTE = "note"


@dataclass(frozen=True, eq=False, slots=True)
class Run:
    """Words in one style.

    Attributes:
        text: the words.
        strong: whether they are bold.
        mark: verdict whose mark stands before them, or reason for none; "" for no mark.
        pale: whether they are printed pale, as where a red light forbids a verdict.
    """

    text: Sentence
    strong: bool = False
    mark: str = ""
    pale: bool = False


Text = tuple[Run, ...]
"""A line of words; empty for none."""


@dataclass(frozen=True, eq=False, slots=True)
class Heading:
    """A heading of the first level.

    Attributes:
        text: with its number, such as 一、全市四率.
        note: a remark behind it, in smaller type; empty for none.
    """

    text: Sentence
    note: Sentence = NOTHING


@dataclass(frozen=True, eq=False, slots=True)
class Paragraph:
    """A paragraph of running text."""

    text: Text
    role: Role = Role.BODY


@dataclass(frozen=True, eq=False, slots=True)
class Column:
    """A column of a table.

    Attributes:
        heading: its heading; empty for none.
        width: its share of the width of the table, in [0, 1].
        align: "left", "right" or "center".
        mark: the verdict that the column stands for; "" for none.
    """

    heading: Sentence
    width: float
    align: str = "left"
    mark: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """A table: three lines for results, a full grid for the rows of a notice.

    Attributes:
        key: its name in English, unique in the document: sheets and places in messages are named by it.
        title: its title in Chinese.
        columns: its columns.
        rows: cells in the order of the columns.
        alt: what is seen, for readers who do not see it; never the title.
        grid: whether every cell has a frame; such a table has no head, and its first column names the rows.
    """

    key: str
    title: Sentence
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]
    alt: Sentence
    grid: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Point:
    """One row of a chart. Bound numbers are shares in [0, 1]; None where there is none or it is suppressed.

    Attributes:
        label: its name.
        verdict: its verdict, or the reason for none, in Chinese.
        value, low, high: the estimate with its interval.
        n: number of answers.
        line: its target.
        before: the estimate of the previous wave.
    """

    label: Sentence
    verdict: str
    value: Binding | None
    low: Binding | None = None
    high: Binding | None = None
    n: Binding | None = None
    line: Binding | None = None
    before: Binding | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Chart:
    """Dots with intervals and a target, one row a point, in the order in which they are drawn from the top.

    Attributes:
        key: its name in English, unique in the document.
        title: what it means.
        points: its rows.
        alt: what is seen; never the title.
        note: how to read it.
    """

    key: str
    title: Sentence
    points: tuple[Point, ...]
    alt: Sentence
    note: Sentence


@dataclass(frozen=True, eq=False, slots=True)
class Action:
    """Something to do: task, evidence, who, by when. Owner and day may be empty."""

    task: Sentence
    owner: Sentence
    due: Sentence
    evidence: Text = ()


@dataclass(frozen=True, eq=False, slots=True)
class Actions:
    """What to do, the most urgent first.

    Attributes:
        key: its name in English.
        title: its title.
        rows: the actions.
        headings: headings of task, owner and day.
        alt: what is seen.
    """

    key: str
    title: Sentence
    rows: tuple[Action, ...]
    headings: tuple[Sentence, Sentence, Sentence]
    alt: Sentence


@dataclass(frozen=True, eq=False, slots=True)
class Annex:
    """The start of an annex, on a page of its own."""

    label: Sentence
    title: Sentence


Block = Heading | Paragraph | Table | Chart | Actions | Annex


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
        sent: to whom it goes, the lines of the last page.
        source: survey, method, days and data version in one line, for the foot of each page and slide.
    """

    method: Text
    source: Sentence
    signature: Sentence = NOTHING
    date: Sentence = NOTHING
    fields: tuple[Sentence, ...] = ()
    sent: tuple[Sentence, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
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


def plain(text: Sentence) -> Text:
    """Return a sentence as one run; nothing for an empty one."""
    return (Run(text),) if text else ()


def strong(text: Sentence, mark: str = "") -> Run:
    """Return a sentence in bold, with the mark of a verdict before it where one is given."""
    return Run(text, strong=True, mark=mark)


def text_of(runs: Text) -> str:
    """Return a line without its styles and marks."""
    return "".join(run.text.text for run in runs)
