"""Read the text of pages and figures in tests."""

import json
import re
from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from views.shell.markup import WORD_JOINER

WEAK_AREAS = "views/pages/weak_areas.py"
KINDS = ("markdown", "error", "info", "warning", "caption")
Run = Callable[..., AppTest]


def figures(app: AppTest) -> list[dict[str, Any]]:
    """Return the figures of a page as Plotly draws them."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def words(figure: dict[str, Any]) -> str:
    """Return all text in a figure, on one line."""
    text = "".join(note["text"] for note in figure["layout"]["annotations"])
    return text.replace("<br>", "").replace("<b>", "").replace("</b>", "")


def seen(text: object) -> str:
    """Return Markdown text as displayed, without escapes."""
    return re.sub(r"\\(.)", r"\1", str(text)).replace(WORD_JOINER, "")


def page_text(app: AppTest) -> str:
    """Return all text of a page outside its figures."""
    return "\n".join(seen(entry.value) for kind in KINDS for entry in app.get(kind))
