"""Layouts: margins, pitch, fonts and sizes of each kind of document, by GB/T 9704-2012 and the house's model pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from analysis.line_breaks import width
from reports.briefing.blocks import Text
from reports.briefing.model import Briefing, Kind
from reports.sentences.sentence import Name, say

BIG = "方正小标宋简体"
FANGSONG = "仿宋_GB2312"
HEI = "黑体"
KAI = "楷体_GB2312"
SONG = "宋体"
LATIN = "Times New Roman"
SANS = "Arial"
FALLBACKS: Mapping[str, str] = {
    BIG: "方正小标宋_GBK,华文中宋,宋体,Noto Serif CJK SC",
    FANGSONG: "仿宋,华文仿宋,FangSong,Noto Serif CJK SC",
    HEI: "SimHei,Microsoft YaHei,Noto Sans CJK SC",
    KAI: "楷体,KaiTi,Noto Serif CJK SC",
    SONG: "SimSun,Noto Serif CJK SC",
}
"""Font -> those that stand in for it, in order."""


@dataclass(frozen=True, slots=True)
class Type:
    """A typeface.

    Attributes:
        east: font of Chinese characters.
        size: in points.
        bold: whether it is bold.
        colour: six hexadecimal digits; "" for black.
        latin: font of figures and Latin letters.
        spread: additional space between characters, in points.
    """

    east: str
    size: float
    bold: bool = False
    colour: str = ""
    latin: str = LATIN
    spread: float = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a kind of document.

    Attributes:
        margins: top, bottom, left, right in mm.
        pitch: from one line of running text to the next, in points.
        red, title, heading, body, note, table, small, foot: the types of its parts.
        indent: whether paragraphs begin two characters in.
        outer: whether the number of a page stands at its outer side; in the middle otherwise.
        row: least height of a row of a table, in points.
    """

    margins: tuple[float, float, float, float]
    pitch: float
    red: Type
    title: Type
    heading: Type
    body: Type
    note: Type
    table: Type
    small: Type
    foot: Type
    indent: bool = True
    outer: bool = False
    row: float = 15

    @property
    def width(self) -> float:
        """Return the width of the text, in mm."""
        return PAGE[0] - self.margins[2] - self.margins[3]


PAGE = (210.0, 297.0)
PADDING = 0.7
"""Between the edge of a cell and its words, in mm."""
NAME = re.compile("[^、]+、?")
BEHIND = "_table"
"""End of the key of a table that has the rows of a chart."""
NAVY = "17324D"
RED = "C8102E"

SHEET = Layout(
    margins=(8, 10, 28, 26), pitch=15, indent=True, row=11.2,
    red=Type(BIG, 28, colour=RED, spread=8), title=Type(BIG, 17), heading=Type(HEI, 12), body=Type(FANGSONG, 12),
    note=Type(FANGSONG, 9), table=Type(FANGSONG, 9.5), small=Type(HEI, 7, latin=SANS), foot=Type(SONG, 10.5),
)  # fmt: skip
OFFICIAL = Layout(
    margins=(37, 35, 28, 26), pitch=28.95, indent=True, outer=True, row=20,
    red=Type(BIG, 26, colour=RED), title=Type(BIG, 22), heading=Type(HEI, 16), body=Type(FANGSONG, 16),
    note=Type(FANGSONG, 10.5), table=Type(FANGSONG, 9.5), small=Type(HEI, 7.5, latin=SANS), foot=Type(SONG, 14),
)  # fmt: skip
FORM = Layout(
    margins=(13, 12, 28, 26), pitch=20, indent=True, row=18,
    red=Type(BIG, 26, colour=RED, spread=4), title=Type(BIG, 17), heading=Type(HEI, 14), body=Type(FANGSONG, 14),
    note=Type(FANGSONG, 10.5), table=Type(FANGSONG, 11), small=Type(HEI, 7.5, latin=SANS), foot=Type(SONG, 12),
)  # fmt: skip
PROFILE = Layout(
    margins=(13, 11, 18, 18), pitch=16, indent=False, row=15.5,
    red=Type(BIG, 22), title=Type(HEI, 14, bold=True, latin=SANS),
    heading=Type(HEI, 13, bold=True, colour=NAVY, latin=SANS),
    body=Type(HEI, 10.5, latin=SANS), note=Type(HEI, 9, latin=SANS), table=Type(HEI, 9.5, latin=SANS),
    small=Type(HEI, 7.5, latin=SANS), foot=Type(HEI, 9, latin=SANS),
)  # fmt: skip
LAYOUTS: Mapping[Kind, Layout] = {
    Kind.BRIEF: SHEET,
    Kind.PROFILE: PROFILE,
    Kind.CIRCULAR: OFFICIAL,
    Kind.REPORT: OFFICIAL,
    Kind.NOTICE: FORM,
    Kind.SUPERVISION: FORM,
    Kind.DECK: PROFILE,
}


def whole_names(cell: Text, share: float, layout: Layout) -> Text:
    """Return a cell with line breaks between its names, so that none is broken at the edge.

    Only a cell of Chinese names joined by 、 is changed, no sentence: their width is the same in every font.

    Args:
        cell: the words.
        share: of the width of the table, in [0, 1].
        layout: the layout.
    """
    text = cell[0].text.text if len(cell) == 1 and not cell[0].mark else ""
    if "、" not in text or any(sign in text for sign in "，。\n") or width(text) != len(text):
        return cell
    room = (layout.width * share - 2 * PADDING) * 72 / 25.4 / layout.table.size
    lines = [""]
    for name in NAME.findall(text):
        fits = not lines[-1] or len(lines[-1]) + len(name) <= room
        lines = [*lines[:-1], lines[-1] + name] if fits else [*lines, name]
    return (replace(cell[0], text=say("{lines}", lines=Name("\n".join(lines)))),) if len(lines) > 1 else cell


def sent_lines(found: Briefing, layout: Layout) -> list[str]:
    """Return to whom a document goes: on one line where they fit."""
    texts = [one.text for one in found.foot.sent]
    together = "　".join(texts)
    fits = len(together) + 1 <= layout.width * 72 / 25.4 / layout.body.size
    return [together] if texts and fits and not layout.outer else texts
