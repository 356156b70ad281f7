"""An empty page: what is missing, what to do next and how, and the code of the form where residents can scan it."""

from __future__ import annotations

from collections.abc import Sequence

import segno

from views.blocks.html import text


def next_steps(steps: Sequence[tuple[str, str]], url: str = "") -> str:
    """Return steps in order, each with what to type or where to click, and the QR code of an address beside them.

    Args:
        steps: (what to do, command or place) pairs.
        url: address of the form; "" where none is known.
    """
    items = "".join(f"<li>{text(what)}{f'<code>{text(how)}</code>' if how else ''}</li>" for what, how in steps)
    code = _code(url) if url else ""
    return f'<div class="silu-empty"><ol>{items}</ol>{code}</div>'


def _code(url: str) -> str:
    """Return the QR code with its address below; error correction level M tolerates a damaged corner."""
    picture = segno.make(url, error="m", micro=False).svg_data_uri(border=2, scale=4)
    name = f"网上问卷的二维码：{text(url)}"
    return f'<figure><img src="{text(picture)}" alt="{name}"><figcaption>{text(url)}</figcaption></figure>'
