"""The blocks of a document: headings, paragraphs, tables, charts and actions, all of words and bound numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reports.sentences.sentence import Binding, Sentence

NOTHING = Sentence()


class Role(StrEnum):
    """What a paragraph is, which decides its type."""

    BANNER = "banner"
    LEAD = "lead"
    BODY = "body"
    NOTE = "note"
    SIGNATURE = "signature"


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
"""A line of words; empty for none. In a cell of a table, a line break is "\\n"."""


@dataclass(frozen=True, eq=False, slots=True)
class Heading:
    """A heading of the first level.

    Attributes:
        text: with its number, such as 一、全市四率.
        note: a remark behind it, in smaller type; empty for none.
        finding: what its part finds: the title of its slide, never a topic only; empty where `text` says it.
    """

    text: Sentence
    note: Sentence = NOTHING
    finding: Sentence = NOTHING


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
        change: the change since the previous wave in words; empty for a first wave.
    """

    label: Sentence
    verdict: str
    value: Binding | None
    low: Binding | None = None
    high: Binding | None = None
    n: Binding | None = None
    line: Binding | None = None
    before: Binding | None = None
    change: Sentence = NOTHING


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
    """Something to do. Owner, day and lead may be empty.

    Attributes:
        task: what.
        owner: the units in charge.
        due: by when.
        evidence: why.
        lead: the lead unit, where a table of several districts names it.
        by: the day of `due`, ISO; "" for none. Actions are ordered by it and it is not printed.
    """

    task: Sentence
    owner: Sentence
    due: Sentence
    evidence: Text = ()
    lead: Sentence = NOTHING
    by: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Actions:
    """What to do, in order of day.

    Attributes:
        key: its name in English.
        title: its title.
        rows: the actions.
        headings: headings of task, owner and day; of task, lead, owner and day where the table names lead units.
        alt: what is seen.
    """

    key: str
    title: Sentence
    rows: tuple[Action, ...]
    headings: tuple[Sentence, ...]
    alt: Sentence


@dataclass(frozen=True, eq=False, slots=True)
class Annex:
    """The start of an annex, on a page of its own; `finding` as of a heading."""

    label: Sentence
    title: Sentence
    finding: Sentence = NOTHING


Block = Heading | Paragraph | Table | Chart | Actions | Annex


def plain(text: Sentence) -> Text:
    """Return a sentence as one run; nothing for an empty one."""
    return (Run(text),) if text else ()


def strong(text: Sentence, mark: str = "") -> Run:
    """Return a sentence in bold, with the mark of a verdict before it where one is given."""
    return Run(text, strong=True, mark=mark)


def text_of(runs: Text) -> str:
    """Return a line without its styles and marks."""
    return "".join(run.text.text for run in runs)
