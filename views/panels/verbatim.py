"""Verbatim: what residents wrote, shown as they wrote it.

Markdown would make pictures and links of some texts, and a picture is fetched by the reader's browser from wherever the
text says (rule R-21: nothing is fetched from elsewhere).
"""

from __future__ import annotations

import re

_MARKS = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~$:&=^]")


def verbatim(text: str) -> str:
    """A text as Markdown that shows just this text, in one line."""
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))
