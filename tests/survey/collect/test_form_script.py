"""The form's script and style use nothing that the browsers of old phones do not support.

Android WebView and X5 of 2019 (Chromium 78) and Safari 12: what came later is either not used or has a fallback.
"""

from __future__ import annotations

import re

import pytest

from survey.collect.serving.pages import SCRIPTS, static

LATER_SYNTAX = {
    "optional chaining": r"[\w\])]\?\.[\w\[(]",
    "nullish coalescing": r"\?\?",
    "logical assignment": r"(\|\||&&)=",
    "private field": r"\bthis\.#|^\s+#\w+",
    "numeric separator": r"\b\d+_\d",
    "class field or static block": r"\bstatic\s*\{",
    "regular expression looking behind": r"\(\?<[=!]",
    "top level await": r"^await\b",
}
LATER_CALLS = (
    "replaceChildren", "replaceAll", "structuredClone", "randomUUID", "allSettled", "Promise.any", "fromEntries",
    "flatMap", "findLast", "toSorted", "hasOwn", ".at(", "queueMicrotask", "globalThis", "AbortSignal", "showModal",
    "scrollIntoView({", "inert", "requestIdleCallback",
)  # fmt: skip
LATER_STYLE = (
    r"(?<![\w-])(row-|column-)?gap\s*:", r"\binset\s*:", "aspect-ratio", r":has\(", r":is\(", r":where\(",
    r"\b(min|max|clamp)\(", r"\d(d|s|l)vh", "@container", "@layer", "color-mix", r"(margin|padding)-(inline|block)",
)  # fmt: skip


def code(name: str) -> str:
    """A script without its comments and texts."""
    plain = re.sub(r'"(\\.|[^"\\])*"', '""', static(name))
    return re.sub(r"//.*", "", plain)


@pytest.mark.parametrize("name", [*SCRIPTS, "sw.js"])
def test_scripts_use_no_syntax_and_no_call_that_came_later(name: str) -> None:
    text = code(name)
    assert [what for what, pattern in LATER_SYNTAX.items() if re.search(pattern, text, re.MULTILINE)] == []
    assert [call for call in LATER_CALLS if call in text] == []


def test_the_style_uses_nothing_without_which_the_page_falls_apart() -> None:
    assert [pattern for pattern in LATER_STYLE if re.search(pattern, static("form.css"))] == []


def test_the_page_fetches_nothing_from_elsewhere() -> None:
    for name in (*SCRIPTS, "sw.js", "form.css", "form.html"):
        assert not re.search(r"https?://", static(name)), name
