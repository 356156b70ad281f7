"""Every kind of link of every page, followed as each role, opens a page without an error."""

import html
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from survey.host import access
from survey.host.access import Role
from tests.views.page_words import Run
from views.shell.pages_by_role import NEEDS, open_pages

LINK = re.compile(r'href="([a-z_]*)(?:\?([^"#]*))?"')
EXAMPLES = 3
"""Links with the same page and the same parameters that are followed."""


def links(app: AppTest, page: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield page and query of each link in the blocks of a page; one without a page leads to the same."""
    for entry in app.get("html"):
        for to, query in LINK.findall(entry.proto.body):
            yield to or page, dict(parse_qsl(html.unescape(query)))


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.ANALYST, Role.LEADER, Role.PUBLICITY, Role.UNIT])
def test_every_link_opens(city: Path, run: Run, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    monkeypatch.setenv(access.VARIABLE, role)
    offered = NEEDS.keys() & set(open_pages())
    waiting, met = deque[tuple[str, Mapping[str, str]]]((page, {}) for page in sorted(offered)), Counter[object]()
    while waiting:
        page, query = waiting.popleft()
        for to, asked in links(run(city, f"views/pages/{page}.py", **query), page):  # fails where an error is shown
            kind = (to, frozenset(asked))
            met[kind] += 1
            if to in offered and met[kind] <= EXAMPLES:
                waiting.append((to, asked))
    assert {to for to, _ in met} >= offered & {"overview", "area", "weak_areas"}
    assert ("area", frozenset({"district", "street"})) in met
