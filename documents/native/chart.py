"""A chart of bars from the target to each value, with its interval as error bars, as DrawingML.

Bars lie across, because programs other than PowerPoint draw error bars of unequal lengths only along the values of bars
and lines: LibreOffice leaves out those along the horizontal axis of a scatter chart. The axis of the names crosses that
of the values at the target, so that it is the target line and each bar shows the distance from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from analysis.areas.verdict import Verdict
from documents.marks import PALE, mark_of
from documents.native.numbers import HEADS, MINUS, NAME, PLUS, SHEET, VALUE, Numbers, target_of

SPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
TARGET_LINE, WHISKER, SOFT = "C8102E", "33383F", "5F6670"
HOLLOW = (Verdict.WATCH, Verdict.UNCLEAR)
"""Verdicts whose marks are outlines; so are their bars."""
STEP = 10
"""Distance of the marks on the axis, in percentage points."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart is laid out.

    Attributes:
        names: whether the names of the rows stand at the left; a table beside it gives them otherwise.
        head: share of the height above the bars, which holds the scale; None lets the program lay it out.
        size: type, in points.
    """

    names: bool = False
    head: float | None = None
    size: float = 11


def chart_xml(rows: Sequence[Numbers], look: Look, workbook: str = "") -> bytes:
    """Return a chart part.

    Args:
        rows: the numbers.
        look: the layout.
        workbook: relationship to the workbook of the numbers; "" for none.
    """
    target = target_of(rows)
    low, high = scale(rows)
    across = target if target is not None else low
    external = f'<c:externalData r:id="{workbook}"><c:autoUpdate val="0"/></c:externalData>' if workbook else ""
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace {SPACES}><c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart>'
        f'<c:autoTitleDeleted val="1"/><c:plotArea>{_layout(look.head)}'
        f'<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>{_series(rows)}'
        '<c:gapWidth val="110"/><c:axId val="1001"/><c:axId val="1002"/></c:barChart>'
        f"{_names(look, across, marked=target is not None)}{_values(look, low, high)}</c:plotArea>"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"{_type(look.size)}{external}</c:chartSpace>"
    )
    return text.encode()


def scale(rows: Sequence[Numbers]) -> tuple[float, float]:
    """Return both ends of the axis, in percent: tens around every value, limit and target."""
    known = [0.0 + row.value + apart for row in rows if row.value is not None for apart in _reach(row)]
    known += [row.line for row in rows if row.line is not None]
    if not known:
        return 0, 100
    return max(0, STEP * int((min(known) - 1) // STEP)), min(100, STEP * int((max(known) + STEP) // STEP))


def _reach(row: Numbers) -> tuple[float, float]:
    return -(row.minus or 0.0), row.plus or 0.0


def _layout(head: float | None) -> str:
    """Return the place of the bars, so that they stand beside the rows of a table."""
    if head is None:
        return "<c:layout/>"
    places = (("x", 0.03), ("y", round(head, 4)), ("w", 0.94), ("h", round(1 - head, 4)))
    numbers = "".join(f'<c:{name} val="{value}"/>' for name, value in places)
    return (
        '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
        f"{numbers}</c:manualLayout></c:layout>"
    )


def _series(rows: Sequence[Numbers]) -> str:
    points = "".join(f'<c:dPt><c:idx val="{at}"/>{_bar(row)}</c:dPt>' for at, row in enumerate(rows))
    name = f'<c:pt idx="0"><c:v>{HEADS[1]}</c:v></c:pt>'
    return (
        '<c:ser><c:idx val="0"/><c:order val="0"/>'
        f"<c:tx><c:strRef><c:f>{SHEET}!${VALUE}$1</c:f>"
        f'<c:strCache><c:ptCount val="1"/>{name}</c:strCache></c:strRef></c:tx>'
        f'<c:invertIfNegative val="0"/>{points}{_bars(rows)}'
        f"<c:cat><c:strRef>{_cache(rows, NAME, 'str', lambda row: escape(row.name))}</c:strRef></c:cat>"
        f"<c:val><c:numRef>{_cache(rows, VALUE, 'num', lambda row: row.value)}</c:numRef></c:val></c:ser>"
    )


def _bar(row: Numbers) -> str:
    """Return fill and edge of a bar by its verdict."""
    mark = mark_of(row.verdict)
    colour = mark.colour if mark else PALE
    fill = "FFFFFF" if row.verdict in HOLLOW or mark is None or mark.colour == PALE else colour
    return (
        '<c:invertIfNegative val="0"/><c:bubble3D val="0"/>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{fill}"/></a:solidFill>{_line(colour, 1.25)}</c:spPr>'
    )


def _bars(rows: Sequence[Numbers]) -> str:
    """Return the error bars: both lengths of each row."""
    plus = _cache(rows, PLUS, "num", lambda row: row.plus)
    minus = _cache(rows, MINUS, "num", lambda row: row.minus)
    return (
        '<c:errBars><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"<c:plus><c:numRef>{plus}</c:numRef></c:plus><c:minus><c:numRef>{minus}</c:numRef></c:minus>"
        f"<c:spPr>{_line(WHISKER, 1.5)}</c:spPr></c:errBars>"
    )


def _cache(rows: Sequence[Numbers], column: str, kind: str, cell: Callable[[Numbers], object]) -> str:
    """Return a reference to a column of the workbook, with its values."""
    points = "".join(
        f'<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>' for at, row in enumerate(rows) if (value := cell(row)) is not None
    )
    code = "<c:formatCode>0.0</c:formatCode>" if kind == "num" else ""
    place = f"<c:f>{SHEET}!${column}$2:${column}${len(rows) + 1}</c:f>"
    return f'{place}<c:{kind}Cache>{code}<c:ptCount val="{len(rows)}"/>{points}</c:{kind}Cache>'


def _names(look: Look, across: float, *, marked: bool) -> str:
    """Return the axis of the names, the first at the top; it stands at the target, as its line."""
    place = "low" if look.names else "none"
    line = _line(TARGET_LINE, 1.75) if marked else _line(PALE, 0.75)
    return (
        '<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="{place}"/><c:spPr>{line}</c:spPr>{_type(look.size)}'
        f'<c:crossAx val="1002"/><c:crossesAt val="{across}"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        '<c:lblOffset val="100"/><c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/></c:catAx>'
    )


def _values(look: Look, low: float, high: float) -> str:
    return (
        f'<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/><c:max val="{high}"/>'
        f'<c:min val="{low}"/></c:scaling><c:delete val="0"/><c:axPos val="t"/><c:numFmt formatCode="0" '
        'sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f"<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{_type(look.size)}"
        f'<c:crossAx val="1001"/><c:crosses val="autoZero"/><c:crossBetween val="between"/>'
        f'<c:majorUnit val="{STEP}"/></c:valAx>'
    )


def _line(colour: str, width: float) -> str:
    solid = f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
    return f'<a:ln w="{round(width * 12700)}">{solid}<a:prstDash val="solid"/></a:ln>'


def _type(size: float) -> str:
    colour = f'<a:solidFill><a:srgbClr val="{SOFT}"/></a:solidFill>'
    return (
        "<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>"
        f'<a:defRPr sz="{round(size * 100)}">{colour}</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )
