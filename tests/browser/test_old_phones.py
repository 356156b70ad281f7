"""Old phones and unusual browsers: missing features must not prevent a resident from answering.

A simulation in a new chromium: what old engines lack is taken away before the form starts.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.phone import Server, consent, fill, needs_chromium, phone, serving

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]

SCREENED = {"请问您的年龄": "不满18岁"}
WECHAT = (
    "Mozilla/5.0 (Linux; Android 8.1.0; V1818A Build/OPM1; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/78.0.3904.62 XWEB/2891 MMWEBSDK/210601 Mobile Safari/537.36 MicroMessenger/8.0.6 Language/zh_CN"
)
MISSING = """
  for (const [owner, names] of [
    [Element.prototype, ["replaceChildren", "checkVisibility"]], [Document.prototype, ["replaceChildren"]],
    [Array.prototype, ["at", "findLast", "toSorted"]], [String.prototype, ["at", "replaceAll"]],
    [Object, ["fromEntries", "groupBy", "hasOwn"]], [Promise, ["any", "allSettled", "withResolvers"]],
    [window, ["structuredClone", "AbortController", "indexedDB", "queueMicrotask", "open"]],
    [Navigator.prototype, ["sendBeacon", "serviceWorker"]], [Crypto.prototype, ["randomUUID", "getRandomValues"]],
  ]) for (const name of names) {
    delete owner[name];
    if (name in owner) Object.defineProperty(owner, name, { value: undefined });
  }
"""
NO_STORAGE = """
  Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("denied", "SecurityError"); } });
"""
FULL = """() => { Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }; }"""
SIZES = """() => {
  const seen = (node) => node.getClientRects().length > 0;
  const small = Array.from(document.querySelectorAll("button, summary, .option, .line, textarea")).filter(seen)
    .filter((node) => Math.min(node.offsetWidth, node.offsetHeight) < 44)
    .map((node) => node.textContent || node.tagName);
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const { data, parentElement } = words.currentNode;
    const size = parseFloat(getComputedStyle(parentElement).fontSize);
    if (data.trim() && seen(parentElement) && size < 18) small.push(data);
  }
  if (document.documentElement.scrollWidth > window.innerWidth) small.push("wider than the screen");
  return small;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Share one server among all tests of this module, which count new records only."""
    with serving(tmp_path_factory.mktemp("study")) as started:
        yield started


def submit(page: Page) -> None:
    page.get_by_role("button", name="提交", exact=True).tap()
    page.wait_for_selector("#receipt", timeout=30_000)


@pytest.mark.parametrize("more", ["", NO_STORAGE])
def test_without_what_old_browsers_lack_an_answer_arrives(server: Server, browser: Browser, more: str) -> None:
    known = len(server.submissions())
    context = phone(browser, user_agent=WECHAT)
    context.add_init_script(MISSING + more)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(server.url())
    page.get_by_role("button", name="我同意").wait_for()
    assert ("不能暂存答案" in page.locator("main").inner_text()) == bool(more)
    consent(page)
    fill(page, SCREENED)
    submit(page)
    assert len(server.submissions()) == known + 1
    assert problems == []
    context.close()


def test_a_phone_whose_storage_is_full_sends_the_next_answer_too(server: Server, browser: Browser) -> None:
    known = len(server.submissions())
    context = phone(browser, service_workers="block")
    page = context.new_page()
    page.goto(server.url())
    consent(page)
    fill(page, SCREENED)
    submit(page)
    page.evaluate(FULL)
    page.get_by_role("button", name="家人也要填写").tap()
    consent(page)
    fill(page, SCREENED)
    submit(page)
    assert len(server.submissions()) == known + 2
    context.close()


def test_text_and_buttons_are_large_and_the_next_button_is_always_visible(server: Server, browser: Browser) -> None:
    context = phone(browser, service_workers="block")
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(server.url())
    page.get_by_role("button", name="我同意").wait_for()
    assert page.evaluate(SIZES) == []
    consent(page)
    eligible = {"请问您的年龄": "30—44岁", "您在本市居住满半年": "满半年", "您知道本市正在创建": "知道"}
    for until in ("最近三个月", "对本市创建", "政府部门", "如果先改", "您的性别"):
        fill(page, eligible, until=until)
        assert page.evaluate(SIZES) == [], until
        box = page.get_by_role("button", name="下一题").bounding_box()
        assert box is not None
        assert 0 < box["y"] < box["y"] + box["height"] <= 640, until
    fill(page, {})
    assert page.evaluate(SIZES) == []
    submit(page)
    assert page.evaluate(SIZES) == []
    context.close()


def test_an_error_is_seen_and_leads_to_what_is_wrong(server: Server, browser: Browser) -> None:
    context = phone(browser, service_workers="block")
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(server.url())
    consent(page)
    page.get_by_role("button", name="下一题").tap()
    assert page.get_by_role("alert").inner_text() == "请填写此问题"
    assert page.evaluate("() => document.activeElement.type") == "radio"
    fill(page, {"请问您的年龄": "30—44岁", "您在本市居住满半年": "满半年"}, until="最近三个月")
    page.locator(".option").get_by_text("其他（请注明）", exact=True).tap()
    page.get_by_role("button", name="下一题").tap()
    box = page.get_by_role("alert").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 640
    assert page.evaluate("() => document.activeElement.tagName") == "TEXTAREA"
    context.close()


def test_without_javascript_the_page_shows_the_remedy(server: Server, browser: Browser) -> None:
    context = phone(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url())
    hint = page.locator("noscript")
    assert "需要打开浏览器的 JavaScript" in str(hint.text_content())
    box = hint.locator("p").bounding_box()
    assert box is not None
    assert box["y"] < 400
    assert not page.get_by_text("正在打开问卷").is_visible()
    context.close()


def test_a_row_of_a_matrix_is_read_out_with_its_question(server: Server, browser: Browser) -> None:
    context = phone(browser, service_workers="block")
    page = context.new_page()
    page.goto(server.url())
    consent(page)
    fill(page, {"请问您的年龄": "30—44岁", "您在本市居住满半年": "满半年"}, until="政府部门")
    group = page.get_by_role("radiogroup", name="您对下面这些方面满意吗")
    assert "政府部门办事效率" in str(group.aria_snapshot())
    context.close()
