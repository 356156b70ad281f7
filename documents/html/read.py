"""What an HTML document says: the text of each element with its place."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

from documents.places import place

PARTS = {
    "h1": "标题",
    "h2": "小标题",
    "p": "段落",
    "td": "单元格",
    "th": "表头",
    "caption": "表的替代文字",
    "figcaption": "图注",
    "title": "题名或图的替代文字",
    "text": "图中文字",
    "span": "文字",
}
"""Element -> what it is."""
Said = tuple[str, str]


def read(content: bytes) -> tuple[Said, ...]:
    """Return the text of each element, and the alternative texts of pictures, in order.

    Raises:
        ValueError: the file holds no document of ours.
    """
    text = content.decode("utf-8")
    if '<article class="brief ' not in text:
        raise ValueError("no document")
    reader = _Reader()
    reader.feed(text)
    return tuple(reader.said)


class _Reader(HTMLParser):
    """Collect texts by the innermost part that they stand in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[Said] = []
        self._open: list[str] = []
        self._texts: list[str] = []
        self._counts: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Begin a part; note alternative texts, and marks on the axis of a chart."""
        if tag == "img":
            self.said.append(("二维码的替代文字", dict(attrs).get("alt") or ""))
        if tag == "br":
            self.handle_data("\n")
        if tag in PARTS and (tag != "span" or not self._open):
            self._open.append(tag)
            self._texts.append("")

    def handle_endtag(self, tag: str) -> None:
        """End a part."""
        if self._open and self._open[-1] == tag:
            self._open.pop()
            text = self._texts.pop()
            if text:
                self._counts[tag] = self._counts.get(tag, 0) + 1
                self.said.append((place("第 {n} 个", n=self._counts[tag]) + PARTS[tag], text))

    def handle_data(self, data: str) -> None:
        """Take words of the part that is open."""
        if self._texts:
            self._texts[-1] += data
