"""The search box: a button, and a window in which the script of the first page lists what matches.

What can be found stands as JSON in an attribute, so that the box answers without the server.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from views.blocks.html import text

Entry = tuple[str, str, str, str]
"""Title, kind, address relative to the page, further words."""

OPEN = "搜索"
HINT = "区县、街道、题目、主题、页面"
WINDOW = "搜索区县、街道、题目、主题和页面"
NOTHING = "没有找到。换个写法，或只写一两个字"
HELP = "↑ ↓ 选择，回车打开，Esc 关闭"


def find_box(entries: Iterable[Entry], keep: Iterable[str]) -> str:
    """Return the box.

    Args:
        entries: what can be found; more important ones first.
        keep: query parameters of the page that a result keeps.
    """
    index = json.dumps(list(entries), ensure_ascii=False, separators=(",", ":"))
    return (
        f'<div class="silu-find" data-index="{text(index)}" data-keep="{text(",".join(keep))}"'
        f' data-nothing="{text(NOTHING)}">'
        f'<button type="button" class="silu-find-open" aria-haspopup="dialog">'
        f'{OPEN}<kbd aria-hidden="true">/</kbd></button>'
        f'<dialog class="silu-find-window" aria-label="{WINDOW}">'
        f'<input type="search" class="silu-find-input" placeholder="{HINT}" aria-label="{WINDOW}" autocomplete="off">'
        f'<p class="silu-find-state" role="status"></p><ul class="silu-find-list"></ul>'
        f'<p class="silu-find-help">{HELP}</p></dialog></div>'
    )
