"""A real browser at phone size fills the default questionnaire, whatever happens to network, tab and server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.links.keys import seals_of
from survey.collect.links.seals import Pass
from tests.browser.phone import SHOTS, Server, consent, fill, heading, needs_chromium, phone, serving, watched

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, 'contact = "测试市调查队"') as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with watched(phone(browser)) as opened:
        yield opened


def sent(server: Server) -> dict[str, Any]:
    """Return the answers of the only record."""
    submissions = server.submissions()
    assert len(submissions) == 1
    content: dict[str, Any] = json.loads(submissions[0].submission.body)
    return content


def finish(page: Page) -> str:
    page.get_by_role("button", name="提交", exact=True).tap()
    page.wait_for_selector("#receipt", timeout=60_000)
    return page.locator("#receipt").inner_text()


SCREENED = {"请问您的年龄": "不满18岁"}
BRANCHES = {"A2", "B2", "B3", "B4", "C2", "D2"}
"""Questions that are shown to some only."""
ELIGIBLE = {"请问您的年龄": "30—44岁", "您在本市居住满半年": "满半年"}


def test_every_question_shown_is_answered_and_stored_as_tapped(server: Server, page: Page) -> None:
    page.goto(server.url(f"?p={server.study.areas.points[0].code}"))
    page.wait_for_selector("h1")
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / "form-consent.png", full_page=True)
    consent(page)
    page.screenshot(path=SHOTS / "form-first.png")
    wanted = {
        **ELIGIBLE,
        "您知道本市正在创建": "知道",
        "最近三个月": ["电视", "其他（请注明）", "=村里的大喇叭"],
        "对本市创建": "不支持",
        "最近12个月": ["都没有参加过"],
        "如果先改一件事": "路灯不亮",
    }
    seen = fill(page, wanted)
    page.screenshot(path=SHOTS / "form-end.png")
    assert len(seen) > 50
    assert "".join(seen).count("随地吐痰") == 1
    asked = {question.name for question in server.study.questionnaire.questions if question.title in seen}
    assert asked >= BRANCHES
    receipt = finish(page)
    page.screenshot(path=SHOTS / "form-receipt.png")
    content = sent(server)
    answers = content["answers"]
    assert content["place"] == server.study.areas.points[0].code
    assert (answers["S1"], answers["S2"], answers["A1"]) == (2, 1, 1)
    assert answers["B1-Comment"] == "村里的大喇叭"
    assert answers["B1"][-1] == "other"
    assert len(answers["E"]) == 22
    assert answers["H1"] == "路灯不亮"
    assert "A3" not in answers
    assert answers["D1"] == [96]
    backend = SqliteBackend(server.study.root / "inbox" / "inbox.sqlite")
    assert seals_of(server.study, backend).number(receipt) == 1
    backend.close()


def test_the_screened_out_are_thanked_early(server: Server, page: Page) -> None:
    page.goto(server.url())
    consent(page)
    seen = fill(page, SCREENED)
    assert len(seen) == 3
    finish(page)
    assert "不属于本次调查的对象" in page.locator("main").inner_text()
    assert set(sent(server)["answers"]) == {"S1", "S2", "S3"}


def test_network_cut_reload_and_a_killed_server_leave_one_record(server: Server, page: Page) -> None:
    """Also cover the path without branches."""
    wanted = {**ELIGIBLE, "您知道本市正在创建": "没听说过", "最近三个月": ["电视", "以上都没有"], "对本市创建": "支持"}
    page.goto(server.url())
    consent(page)
    fill(page, wanted, until="您知道离家最近")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    server.kill()  # for the service worker too: chromium cuts off the page alone once the worker has started anew
    before = heading(page)
    page.reload()
    page.wait_for_selector("#question")
    assert heading(page) == before, "a reload without a network goes on where it was"
    fill(page, wanted)
    page.get_by_role("button", name="提交", exact=True).tap()
    page.get_by_text("已存在手机里").wait_for(timeout=30_000)
    page.screenshot(path=SHOTS / "form-offline.png")
    page.reload()
    page.get_by_text("已存在手机里").wait_for(timeout=30_000)
    page.context.set_offline(False)
    page.wait_for_timeout(1500)
    assert server.submissions() == []
    server.start()
    page.get_by_role("button", name="立即重试").tap()
    page.wait_for_selector("#receipt", timeout=60_000)
    answers = sent(server)["answers"]
    assert answers["B1"] == [96]
    assert not BRANCHES & set(answers)


def test_killed_between_storing_and_answering_the_resend_makes_no_second_record(
    server: Server, browser: Browser
) -> None:
    # Without the service worker, which would send the answer behind the back of this test.
    page = phone(browser, service_workers="block").new_page()
    page.goto(server.url())
    consent(page)
    fill(page, SCREENED)
    calls = []

    def lose(route: Route) -> None:
        """Store the submission, drop its reply, and kill the server."""
        calls.append(route.request.url)
        if len(calls) == 1:
            assert route.fetch().status == 201
            server.kill()
            route.abort()
        else:
            route.continue_()

    page.route("**/r/**", lose)
    page.get_by_role("button", name="提交", exact=True).tap()
    page.get_by_text("已存在手机里").wait_for(timeout=30_000)
    assert len(server.submissions()) == 1
    server.start()
    page.reload()
    page.wait_for_selector("#receipt", timeout=60_000)
    assert len(calls) > 1
    sent(server)


def test_a_200_from_a_gateway_is_not_a_receipt(server: Server, browser: Browser) -> None:
    # Without the service worker, which would get round the gateway of this test.
    page = phone(browser, service_workers="block").new_page()
    page.goto(server.url())
    consent(page)
    fill(page, SCREENED)
    page.route("**/r/**", lambda route: route.fulfill(status=200, body="<html>请登录无线网络</html>"))
    page.get_by_role("button", name="提交", exact=True).tap()
    page.get_by_text("已存在手机里").wait_for(timeout=30_000)
    assert server.submissions() == []
    page.unroute("**/r/**")
    page.get_by_role("button", name="立即重试").tap()
    page.wait_for_selector("#receipt", timeout=60_000)
    sent(server)


def test_under_fourteen_needs_the_guardian(server: Server, page: Page) -> None:
    page.goto(server.url())
    page.get_by_role("button", name="我同意").tap()
    assert "请先选择年龄" in page.locator("main").inner_text()
    page.get_by_text("未满 14 周岁", exact=True).tap()
    page.get_by_role("button", name="我同意").tap()
    page.get_by_role("button", name="监护人同意").tap()
    assert "请监护人选择" in page.locator("main").inner_text()
    page.get_by_text("母亲", exact=True).tap()
    page.get_by_text("我是监护人").tap()
    page.screenshot(path=SHOTS / "form-guardian.png")
    page.get_by_role("button", name="监护人同意").tap()
    page.wait_for_selector("#question")
    fill(page, SCREENED)
    finish(page)
    assert sent(server)["consent"]["guardian"] == {"relation": "母亲", "agreed": True}


def test_who_does_not_agree_leaves_nothing_behind(server: Server, page: Page) -> None:
    page.goto(server.url())
    page.get_by_role("button", name="不同意").tap()
    assert "没有记录任何答案" in page.locator("main").inner_text()
    assert server.submissions() == []


def test_withdrawal_on_the_phone(server: Server, page: Page) -> None:
    page.goto(server.url())
    consent(page)
    fill(page, SCREENED)
    finish(page)
    page.get_by_role("button", name="撤回这份答卷").tap()
    page.get_by_role("button", name="撤回", exact=True).tap()
    page.get_by_text("答卷已撤回").wait_for()
    assert server.submissions() == []


def test_an_interviewer_works_without_a_network_and_the_answers_follow(server: Server, page: Page) -> None:
    backend = SqliteBackend(server.study.root / "inbox" / "inbox.sqlite")
    key = seals_of(server.study, backend).interviewer_pass(Pass("访01", "household"))
    backend.close()
    point = server.study.areas.points[1]
    page.goto(server.url(f"?k={key}"))
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    server.kill()
    for round_ in range(2):
        page.get_by_text("已满 14 周岁", exact=True).tap()
        page.get_by_role("button", name="受访者同意").tap()
        if round_ == 0:
            page.locator("input.line").fill(str(point.code))
            page.screenshot(path=SHOTS / "form-interviewer.png")
            page.get_by_role("button", name="开始", exact=True).tap()
        page.wait_for_selector("#question")
        fill(page, ELIGIBLE, until="社会主义核心价值观")
        page.locator(".line").fill("13")
        page.get_by_role("button", name="下一题").tap()
        assert "不能大于 12" in page.locator("main").inner_text()
        page.locator(".line").fill("7")
        while not heading(page).startswith("请问您的年龄"):
            page.get_by_role("button", name="上一题").tap()
        fill(page, SCREENED)
        page.get_by_role("button", name="提交", exact=True).tap()
        page.get_by_role("button", name="先做下一份访问").tap(timeout=30_000)
    server.start()
    page.context.set_offline(False)
    for _ in range(60):
        page.wait_for_timeout(500)
        if len(submissions := server.submissions()) == 2:
            break
    assert [(stored.submission.mode, stored.submission.place) for stored in submissions] == [
        ("household", point.code)
    ] * 2
    answers = [set(json.loads(stored.submission.body)["answers"]) for stored in submissions]
    assert answers == [{"S1", "S2", "S3"}] * 2, "what was answered after the end is not sent"
