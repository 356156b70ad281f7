"""The line of what is new since the last visit."""

from __future__ import annotations

from collections.abc import Sequence

from views.blocks.html import text


def since_line(lead: object, news: Sequence[object]) -> str:
    """Return the line.

    Args:
        lead: since when.
        news: what is new, at least one sentence.
    """
    return f'<aside class="silu-since"><b>{text(lead)}</b>：{"；".join(map(text, news))}</aside>'
