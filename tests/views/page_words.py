"""What stands on a page and in its figures, for the tests to read."""

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
    """The figures of a page as Plotly would draw them."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def words(figure: dict[str, Any]) -> str:
    """All that is written in a figure, on one line."""
    text = "".join(note["text"] for note in figure["layout"]["annotations"])
    return text.replace("<br>", "").replace("<b>", "").replace("</b>", "")


def seen(text: object) -> str:
    """A text in Markdown as people see it, without the escapes."""
    return re.sub(r"\\(.)", r"\1", str(text)).replace(WORD_JOINER, "")


def said(app: AppTest) -> str:
    """All text of a page outside its figures."""
    return "\n".join(seen(entry.value) for kind in KINDS for entry in app.get(kind))
