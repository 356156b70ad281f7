"""A ranking question on a phone: the order of tapping is the order of the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.phone import (
    SHOTS,
    Server,
    consent,
    fill,
    heading,
    needs_chromium,
    phone,
    serving_questionnaire,
    watched,
)
from tests.survey.test_ranking import survey

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]

EARLIER = {"您的年龄": "30", "您知道吗": "不知道"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving_questionnaire(tmp_path, survey()) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with watched(phone(browser)) as opened:
        yield opened


def options(page: Page) -> list[str]:
    return page.locator(".option .text").all_inner_texts()


def test_a_ranking_is_tapped_in_order(server: Server, page: Page) -> None:
    page.goto(server.url())
    consent(page)
    fill(page, EARLIER, until="最需要改进的是哪些")
    assert page.locator(".hint").first.inner_text() == "请按先后点选，再点一次取消；最多选 2 项，已选 0 项"
    page.get_by_role("button", name="下一题").tap()
    assert page.locator(".problem").inner_text() == "请填写此问题"

    for label in ("路灯", "噪音"):
        page.locator(".option").get_by_text(label).tap()
    assert options(page) == ["第 1 位　路灯", "停车", "第 2 位　噪音", "排水"]
    assert page.locator(".option input:disabled").count() == 2, "no third one can be chosen"
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / "ranking_390.png")
    page.locator(".option").get_by_text("路灯").tap()
    assert options(page) == ["路灯", "停车", "第 1 位　噪音", "排水"]
    page.locator(".option").get_by_text("排水").tap()
    assert options(page) == ["路灯", "停车", "第 1 位　噪音", "第 2 位　排水"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.get_by_role("button", name="下一题").tap()
    page.wait_for_function("() => document.getElementById('question').textContent.startsWith('噪音')")
    assert heading(page) == "噪音从哪里来？", "it was named, so its question comes"
    fill(page, {})
    page.get_by_role("button", name="提交", exact=True).tap()
    page.wait_for_selector("#receipt", timeout=30_000)
    (kept,) = server.submissions()
    assert json.loads(kept.submission.body)["answers"]["R1"] == [3, 9]
