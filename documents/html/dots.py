"""A chart of dots with intervals as SVG."""

from __future__ import annotations

from html import escape

from documents.marks import Mark, mark_of
from reports.briefing.blocks import Chart, Point
from reports.sentences.sentence import Binding

WIDTH, NAMES, VALUES, ROW, TOP = 640, 150, 170, 26, 22
TARGET = "#111111"
PLAIN = Mark("•", "767676")


def dots(chart: Chart) -> str:
    """Return the chart; its alternative text is in its title element."""
    low, high = _range(chart)
    height = TOP + ROW * len(chart.points) + 6
    ticks = "".join(_tick(share, _at(share, low, high), height) for share in _ticks(low, high))
    rows = "".join(_row(one, TOP + ROW * at + ROW // 2, low, high) for at, one in enumerate(chart.points))
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" font-size="13" font-family="sans-serif">'
        f"<title>{escape(chart.alt.text)}</title>{ticks}{rows}</svg>"
    )


def _range(chart: Chart) -> tuple[float, float]:
    shares = [
        number
        for one in chart.points
        for cell in (one.value, one.low, one.high, one.line, one.before)
        if (number := _share(cell)) is not None
    ]
    low, high = min(shares, default=0.0), max(shares, default=1.0)
    return max(0.0, int(low * 10) / 10), min(1.0, (int(high * 10 - 1e-9) + 1) / 10)


def _share(cell: Binding | None) -> float | None:
    return None if cell is None else float(cell.reference.read()[0])


def _ticks(low: float, high: float) -> list[float]:
    return [one / 10 for one in range(round(low * 10), round(high * 10) + 1)]


def _at(share: float, low: float, high: float) -> float:
    span = max(high - low, 0.1)
    return round(NAMES + (WIDTH - NAMES - VALUES) * (share - low) / span, 1)


def _tick(share: float, at: float, height: int) -> str:
    label = f'<text x="{at}" y="12" text-anchor="middle" font-size="11" fill="#6B7078">{round(100 * share)}</text>'
    return f'{label}<line x1="{at}" y1="18" x2="{at}" y2="{height}" stroke="#E3E5E8"/>'


def _row(one: Point, y: int, low: float, high: float) -> str:
    name = f'<text x="0" y="{y + 4}">{escape(one.label.text)}</text>'
    if one.value is None:
        return f'{name}<text x="{WIDTH - VALUES + 8}" y="{y + 4}">{escape(one.verdict)}</text>'
    mark = mark_of(one.verdict) or PLAIN
    colour, at = f"#{mark.colour}", _at(_share(one.value) or 0.0, low, high)
    parts = [name, _target(one, y, low, high), _whisker(one, y, low, high, colour)]
    if (before := _share(one.before)) is not None:
        parts.append(f'<circle cx="{_at(before, low, high)}" cy="{y}" r="4" fill="none" stroke="#6B7078"/>')
    parts.append(f'<text x="{at}" y="{y + 5}" text-anchor="middle" fill="{colour}">{mark.sign}</text>')
    words = f"{one.value} {one.verdict}"
    parts.append(f'<text x="{WIDTH - VALUES + 8}" y="{y + 4}" fill="{colour}">{escape(words)}</text>')
    return "".join(parts)


def _target(one: Point, y: int, low: float, high: float) -> str:
    line = _share(one.line)
    if line is None:
        return ""
    at = _at(line, low, high)
    return f'<line x1="{at}" y1="{y - 10}" x2="{at}" y2="{y + 10}" stroke="{TARGET}" stroke-width="1.5"/>'


def _whisker(one: Point, y: int, low: float, high: float, colour: str) -> str:
    first, last = _share(one.low), _share(one.high)
    if first is None or last is None:
        return ""
    start, end = _at(first, low, high), _at(last, low, high)
    return f'<line x1="{start}" y1="{y}" x2="{end}" y2="{y}" stroke="{colour}" stroke-width="2"/>'
