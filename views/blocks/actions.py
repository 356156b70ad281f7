"""The links at the right of the filters: 截图模式, 保存图片, 复制链接; and the first line of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from reports.sentences.notes.catalogue import tr
from views.blocks.html import text

MOCK = "模拟数据"
NO_BROWSER = (
    "服务器上没有能画图的浏览器，暂时不能保存图片：请系统维护人员{cure}。先用“截图模式”截屏，或按 Ctrl+P 打印。"
)


def actions(modes: Sequence[tuple[str, str]], pictures: Sequence[tuple[str, str]], link: str, cure: str) -> str:
    """Return the three links; those with a choice open a small list.

    Args:
        modes: (label, address) of picture mode by format.
        pictures: (label, address) of the picture by format; empty where the server has no browser.
        link: address of the page with all filters and choices.
        cure: what the server lacks for pictures.
    """
    save = _items(pictures) if pictures else f"<p>{text(NO_BROWSER.format(cure=cure))}</p>"
    lists = (_list(tr("截图模式"), _items(modes)), _list(tr("保存图片"), save), _list(tr("复制链接"), copying(link)))
    return f'<nav class="silu-actions" aria-label="{tr("这一页的图片和链接")}">{"".join(lists)}</nav>'


def chart_actions(picture: str, link: str) -> str:
    """Return the links below a chart.

    Args:
        picture: address of its picture; "" where the server has no browser.
        link: address of its page.
    """
    save = f'<a href="{escape(picture)}">{tr("保存图片")}</a>' if picture else ""
    return f'<nav class="silu-actions">{save}{_list(tr("复制链接"), copying(link))}</nav>'


def copying(link: str) -> str:
    """Return an address that one click selects; the script of the first page copies it as well."""
    return f'<p><code class="silu-link">{escape(link)}</code><small>{tr("点一下选中，再按 Ctrl+C 复制")}</small></p>'


def copied_text(label: str, lines: str) -> str:
    """Return a link that copies a text, such as a table for a spreadsheet; the text can also be selected by hand.

    Args:
        label: what is copied.
        lines: the text.
    """
    box = (
        f'<pre class="silu-link">{escape(lines)}</pre><small>{tr("已复制；没有反应就点文字全选，再按 Ctrl+C")}</small>'
    )
    return f'<nav class="silu-actions">{_list(label, box)}</nav>'


def table_of(table: pd.DataFrame) -> str:
    """Return a table of the numbers behind a chart."""
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in table.columns)
    rows = ("".join(f"<td>{text('' if pd.isna(cell) else cell)}</td>" for cell in row) for row in table.to_numpy())
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<div class="silu-behind"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _list(label: str, body: str) -> str:
    return f'<details name="silu-actions"><summary>{label}</summary>{body}</details>'


def _items(links: Sequence[tuple[str, str]]) -> str:
    items = "".join(f'<li><a href="{escape(address)}">{text(label)}</a></li>' for label, address in links)
    return f"<ul>{items}</ul>"


def top_line(title: object, mock: bool) -> str:
    """Return the first line of a picture: the study, and the mark of simulated data (rule R-19)."""
    badge = f'<span class="silu-badge">{MOCK}</span>' if mock else ""
    return f'<div class="silu-top"><span>{text(title)}</span>{badge}</div>'


def foot(source: object) -> str:
    """Return the method strip of a page that has none of its own."""
    return f'<footer class="silu-strip silu-foot"><p class="silu-source">{text(source)}</p></footer>'


END = '<span class="silu-end"></span>'
"""Mark that the script of a page has ended; the camera waits for it."""


def way_out(address: str) -> str:
    """Return the link out of picture mode, which lies below the frame."""
    return f'<p class="silu-out"><a href="{escape(address)}">{tr("退出截图模式")}</a></p>'
