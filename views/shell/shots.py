"""Formats of picture mode, and the addresses under which pages and charts are saved as pictures.

A page with `?shot=16x9` or `?shot=a4` is laid out in a frame of exactly that size, without controls
(`views/blocks/css/shot.css`). `_silu/picture/PAGE` answers with such a page as a PNG; with `chart=KEY`, with one chart
of the ordinary page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from reports.sentences.notes.catalogue import tr
from survey.errors import ArgumentError
from views.shell.pages_by_role import NEEDS, home, offered
from views.shell.shell import NOWHERE, pages

SHOT = "shot"
"""Query parameter that names a format."""
CHART = "chart"
"""Query parameter of a picture that names one chart by its key; on the page it only goes into the log of views."""
ROUTE = "_silu/picture/"
"""Address of pictures, relative to any page; the last part of a page's address follows."""


@dataclass(frozen=True, slots=True)
class Format:
    """Size of a picture.

    Attributes:
        label: name on the page.
        width: width of the frame in CSS pixels.
        height: its height in CSS pixels.
        scale: pixels of the PNG per CSS pixel.
    """

    label: str
    width: float
    height: float
    scale: float


FORMATS: Mapping[str, Format] = {
    "16x9": Format("16:9", 1920, 1080, 1),
    "a4": Format("A4", 793.6, 1122.56, 3.125),
}
"""Name in an address -> size; A4 has 2480 x 3508 pixels, 300 per inch."""
DESK = Format("", 1366, 2000, 2)
"""Window in which a single chart is drawn, at twice its size on a screen."""


@dataclass(frozen=True, slots=True)
class Order:
    """A picture that somebody asks for.

    Attributes:
        page: last part of the page's address.
        query: filters and choices of the page.
        shot: name of a format; "" for one chart.
        chart: key of the chart; "" for the whole page.
        cookie: name and value of the cookie with the session of whoever asks; empty where there are no accounts.
    """

    page: str
    query: tuple[tuple[str, str], ...]
    shot: str
    chart: str
    cookie: tuple[str, str] = field(default=("", ""), repr=False)

    @property
    def format(self) -> Format:
        """Return the size of the window."""
        return DESK if self.chart else FORMATS[self.shot]

    @property
    def address(self) -> str:
        """Return the address of the page that is drawn, relative to the server."""
        query = urlencode([*self.query, (CHART, self.chart) if self.chart else (SHOT, self.shot)])
        return f"/{'' if self.page == home() else self.page}{'?' if query else ''}{query}"

    @property
    def frame(self) -> str:
        """Return the CSS selector of what is drawn."""
        places = (f".st-key-{size}-{self.chart} .stPlotlyChart" for size in ("whole", "half"))
        return ", ".join(places) if self.chart else f".st-key-shot-{self.shot}"


def chosen(query: Mapping[str, str]) -> str:
    """Return the format of picture mode in a page's query; "" where the page is an ordinary one."""
    given = query.get(SHOT, "")
    return given if given in FORMATS else ""


def own_query(query: Mapping[str, str]) -> dict[str, str]:
    """Return filters and choices of a page by name, without parameters that do not select its content."""
    return {key: query[key] for key in sorted(query) if key not in (SHOT, CHART, NOWHERE)}


def picture_address(page: str, query: Mapping[str, str], shot: str = "", chart: str = "") -> str:
    """Return the address of a picture of a page, or of one of its charts, relative to any page."""
    what = {CHART: chart} if chart else {SHOT: shot}
    return f"{ROUTE}{page}?{urlencode({**own_query(query), **what})}"


def read_order(page: str, query: Mapping[str, str]) -> Order:
    """Read the address of a picture.

    Raises:
        ArgumentError: the page does not exist for this role, or the format or the name of the chart is invalid.
    """
    shot, chart = query.get(SHOT, ""), query.get(CHART, "")
    if page not in pages() or page not in NEEDS or not offered(page):
        raise ArgumentError(tr("没有这个页面，不能存成图片"), got=page)
    if chart and not chart.replace("-", "").replace("_", "").isalnum():
        raise ArgumentError(tr("没有这张图"), where=CHART, got=chart)
    if not chart and shot not in FORMATS:
        raise ArgumentError(tr("没有这种尺寸"), where=SHOT, got=shot, expected="、".join(FORMATS))
    return Order(page, tuple(own_query(query).items()), shot, chart)
