"""A SurveyJS file as people write it, filled in on a phone: texts have codes, and calculated conditions decide."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.phone import Server, consent, fill, needs_chromium, phone, serving_questionnaire, watched

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]

COUNT: dict[str, Any] = {"type": "text", "inputType": "number", "min": 0, "max": 20, "isRequired": True}
BARE: dict[str, Any] = {
    "elements": [
        {"type": "radiogroup", "name": "满意吗", "title": "您对环境满意吗？", "isRequired": True,
         "choices": ["满意", "不满意", {"value": "dk", "text": "说不清"}]},
        {**COUNT, "name": "adults", "title": "家里有几位成年人？"},
        {**COUNT, "name": "kids", "title": "家里有几个孩子？"},
        {"type": "comment", "name": "why", "title": "不满意的原因是什么？",
         "visibleIf": "{满意吗} = '不满意' and {adults} + {kids} * 2 >= 4"},
        {"type": "boolean", "name": "join", "title": "愿意参加社区活动吗？", "visible": False,
         "visibleIf": "iif({kids} > 0, 'yes', 'no') = 'yes'"},
        {"type": "comment", "name": "what", "title": "想参加什么活动？", "visibleIf": "{join}"},
    ]
}  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving_questionnaire(tmp_path, BARE) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with watched(phone(browser)) as opened:
        yield opened


def test_answers_have_codes_and_take_the_calculated_route(server: Server, page: Page) -> None:
    page.goto(server.url())
    consent(page)
    wanted = {
        "您对环境满意吗": "不满意",
        "家里有几位成年人": "2",
        "家里有几个孩子": "1",
        "不满意的原因": "噪音",
        "愿意参加社区": "是",
        "想参加什么": "读书",
    }
    asked = fill(page, wanted)
    assert [next(part for part in wanted if one.startswith(part)) for one in asked] == list(wanted)
    page.get_by_role("button", name="提交", exact=True).tap()
    page.wait_for_selector("#receipt", timeout=30_000)
    (kept,) = server.submissions()
    given = {"Q1": 2, "adults": 2, "kids": 1, "why": "噪音", "join": True, "what": "读书"}
    assert json.loads(kept.submission.body)["answers"] == given
