"""Unusual paths through the form: back button, two tabs, invalid links, refusals, another wave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page

from cli import main
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.links.keys import seals_of
from survey.collect.links.seals import Invitation, Pass, Seals
from survey.collect.serving.app import RENEW
from survey.collect.settings import CHINA, spoken_day
from tests.browser.phone import SHOTS, Server, consent, fill, heading, needs_chromium, phone, serving, watched

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]

SCREENED = {"请问您的年龄": "不满18岁"}
ELIGIBLE = {"请问您的年龄": "30—44岁", "您在本市居住满半年": "满半年", "您知道本市正在创建": "没听说过"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Share one server among most tests of this module, which count new records only."""
    with serving(tmp_path_factory.mktemp("study")) as started:
        yield started


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """Start a server with its own settings."""
    with serving(tmp_path, request.param) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page without the service worker, which would bypass the routes of these tests."""
    with watched(phone(browser, service_workers="block")) as opened:
        yield opened


def submit(page: Page) -> None:
    page.get_by_role("button", name="提交", exact=True).tap()


def receipt(page: Page) -> str:
    page.wait_for_selector("#receipt", timeout=30_000)
    return page.locator("#receipt").inner_text()


def page_text(page: Page) -> str:
    return page.locator("main").inner_text()


def seals(server: Server) -> Seals:
    backend = SqliteBackend(server.study.root / "inbox" / "inbox.sqlite")
    made = seals_of(server.study, backend)
    backend.close()
    return made


def test_the_phones_back_and_forward_walk_through_the_questions(shared: Server, page: Page) -> None:
    known = len(shared.submissions())
    page.goto(shared.url())
    consent(page)
    fill(page, ELIGIBLE, until="政府部门")
    fill(page, ELIGIBLE, until="执法公正")
    page.reload()
    assert heading(page) == "执法公正、文明程度", "a reload in the middle of a matrix stays there"
    page.go_back()
    page.wait_for_function("() => document.getElementById('question').textContent.startsWith('窗口')")
    assert page.locator(".option input:checked").count() == 1
    page.go_back()
    page.wait_for_function("() => document.getElementById('question').textContent.startsWith('政府')")
    page.go_forward()
    page.wait_for_function("() => document.getElementById('question').textContent.startsWith('窗口')")
    fill(page, ELIGIBLE)
    submit(page)
    code = receipt(page)
    page.go_back()
    page.wait_for_timeout(300)
    assert receipt(page) == code, "what has been sent is not opened again"
    assert len(shared.submissions()) == known + 1


def test_two_tabs_leave_one_record_and_the_second_shows_it(shared: Server, page: Page) -> None:
    known = len(shared.submissions())
    page.goto(shared.url())
    consent(page)
    fill(page, SCREENED, until="您本人或同住")
    other = page.context.new_page()
    other.goto(shared.url())
    assert heading(other).startswith("您本人或同住")
    for tab, answer in ((page, "没有"), (other, "有")):
        fill(tab, {"您本人或同住": answer})
    submit(page)
    code = receipt(page)
    submit(other)
    other.get_by_text("以第一次提交为准").wait_for(timeout=30_000)
    assert receipt(other) == code
    *_, kept = shared.submissions()
    assert len(shared.submissions()) == known + 1
    assert json.loads(kept.submission.body)["answers"]["S3"] == 2


def test_a_tab_that_waits_sees_that_another_has_sent(shared: Server, page: Page) -> None:
    known = len(shared.submissions())
    page.goto(shared.url())
    consent(page)
    fill(page, SCREENED)
    page.route("**/r/**", lambda route: route.abort())
    submit(page)
    page.get_by_text("已存在手机里").wait_for(timeout=30_000)
    other = page.context.new_page()
    other.goto(shared.url())
    code = receipt(other)
    assert receipt(page) == code
    assert len(shared.submissions()) == known + 1


@pytest.mark.parametrize("server", ['invitation = "token"'], indirect=True)
def test_a_missing_invitation_is_refused_before_the_first_question(server: Server, page: Page) -> None:
    page.goto(server.url())
    page.get_by_text("凭邀请码填写").wait_for()
    assert page.get_by_role("button", name="我同意").count() == 0
    place = server.study.areas.points[2].code
    token = seals(server).invitation(Invitation(1, place))
    page.goto(server.url(f"?t={token[:-1]}"))
    page.get_by_text("邀请码无效").wait_for()
    page.goto(server.url(f"?t={token}"))
    consent(page)
    fill(page, SCREENED)
    submit(page)
    receipt(page)
    assert [kept.submission.place for kept in server.submissions()] == [place], "the invitation knows its place"
    assert page.get_by_role("button", name="再填一份").count() == 0, "it is for one person only"


def test_a_broken_interviewer_link_does_not_open_the_residents_form(shared: Server, page: Page) -> None:
    page.goto(shared.url("?k=aG91c2Vob2xkfOiuvzAx.BROKEN"))
    page.get_by_text("访问员链接无效").wait_for()
    assert page.get_by_role("button", name="同意").count() == 0


def test_an_interviewer_finds_the_place_by_a_part_of_its_name(shared: Server, page: Page) -> None:
    point = shared.study.areas.points[-1]
    key = seals(shared).interviewer_pass(Pass("访01", "household"))
    page.goto(shared.url(f"?k={key}"))
    page.get_by_text("已满 14 周岁", exact=True).tap()
    page.get_by_role("button", name="受访者同意").tap()
    page.get_by_role("button", name="开始", exact=True).tap()
    assert page.get_by_role("alert").inner_text() == "请从列表中选择调查点"
    page.locator("input.line").press_sequentially(point.community[:2])
    page.get_by_role("button", name=f"{point.district}{point.street}{point.community}").tap()
    fill(page, SCREENED)
    submit(page)
    receipt(page)
    assert (shared.submissions()[-1].submission.mode, shared.submissions()[-1].submission.place) == (
        "household",
        point.code,
    )


def wait_until_known(page: Page) -> None:
    """Wait until the receiver has refreshed its revocations."""
    page.wait_for_timeout(1000 * RENEW + 1500)


@pytest.mark.parametrize("server", ['contact = "市调查队 0990-1234567"'], indirect=True)
def test_expired_links_are_refused_before_the_first_question(server: Server, page: Page) -> None:
    ours, today = seals(server), datetime.now(CHINA).date()
    ended, later = today - timedelta(days=1), today + timedelta(days=1)
    old = (ours.invitation(Invitation(1, None, ended)), ours.interviewer_pass(Pass("访01", "household", ended)))
    token, key = ours.invitation(Invitation(2, None, later)), ours.interviewer_pass(Pass("访02", "household", later))
    page.goto(server.url(f"?t={token}"))
    page.get_by_role("button", name="我同意").wait_for()
    for text in (token, "访02"):
        assert main(["field", str(server.study.root), "--revoke", text]) == 0
    wait_until_known(page)
    day = spoken_day(ended)
    for name, query, words in (
        ("expired-invitation", f"?t={old[0]}", f"这份邀请已于{day}到期，不能再填写"),
        ("expired-pass", f"?k={old[1]}", f"访问员链接已于{day}到期，请向管理员索取新链接"),
        (
            "revoked-invitation",
            f"?t={token}",
            "这份邀请已由组织单位作废，不能填写。如有疑问，请联系：市调查队 0990-1234567",
        ),
        ("revoked-pass", f"?k={key}", "这个访问员链接已经作废，请向管理员索取新链接"),
    ):
        page.goto(server.url(query))
        page.get_by_text(words).wait_for()
        assert page.get_by_role("button", name="同意").count() == 0
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
        page.screenshot(path=SHOTS / f"form-{name}.png")


@pytest.mark.parametrize("server", [""], indirect=True)
def test_an_invitation_revoked_during_the_interview_is_refused_at_the_end(server: Server, page: Page) -> None:
    token = seals(server).invitation(Invitation(3, None, datetime.now(CHINA).date()))
    page.goto(server.url(f"?t={token}"))
    consent(page)
    fill(page, SCREENED)
    assert main(["field", str(server.study.root), "--revoke", token]) == 0
    wait_until_known(page)
    submit(page)
    page.get_by_text("这份邀请已由组织单位作废").wait_for()
    assert page.get_by_role("button", name="再次提交").count() == 0, "another try cannot change it"
    assert server.submissions() == []


@pytest.mark.parametrize("server", [""], indirect=True)
def test_an_interviewers_answer_goes_with_their_new_link_and_with_nobody_elses(server: Server, page: Page) -> None:
    ours, today = seals(server), datetime.now(CHINA).date()

    def link_of(name: str, issue: int = 0) -> str:
        return server.url(f"?k={ours.interviewer_pass(Pass(name, 'household', today, issue))}")

    page.goto(link_of("访03"))
    page.get_by_text("已满 14 周岁", exact=True).tap()
    page.get_by_role("button", name="受访者同意").tap()
    page.locator("input.line").fill(str(server.study.areas.points[0].code))
    page.get_by_role("button", name="开始", exact=True).tap()
    page.wait_for_selector("#question")
    fill(page, SCREENED)
    assert main(["field", str(server.study.root), "--revoke", "访03"]) == 0
    wait_until_known(page)
    submit(page)
    page.get_by_text("手机里没有交上的答卷还在").wait_for()
    for link, kept in ((link_of("访04"), 0), (link_of("访03", 1), 1)):
        page.goto(link)
        page.evaluate("() => { const all = Object.keys(localStorage).find((key) => key.endsWith(':draft')); "
                      "localStorage.removeItem(all); }")  # fmt: skip
        page.reload()
        page.get_by_role("button", name="没有收下的答卷：1 份").tap()
        page.get_by_role("button", name="再次提交").tap()
        page.wait_for_timeout(1500)
        assert len(server.submissions()) == kept
    assert server.submissions()[0].submission.mode == "household"


@pytest.mark.parametrize("server", ['minors = "block"'], indirect=True)
def test_under_fourteen_ends_where_minors_are_not_asked(server: Server, page: Page) -> None:
    page.goto(server.url())
    page.get_by_text("未满 14 周岁", exact=True).tap()
    page.get_by_role("button", name="我同意").tap()
    assert "不面向未满 14 周岁" in page_text(page)
    page.wait_for_timeout(500)
    backend = SqliteBackend(server.study.root / "inbox" / "inbox.sqlite")
    assert not backend.reached(), "who is turned away has not begun"
    backend.close()


def test_an_answer_refused_for_a_while_can_be_sent_again(shared: Server, page: Page) -> None:
    known = len(shared.submissions())
    page.goto(shared.url())
    consent(page)
    fill(page, SCREENED)
    closed = json.dumps({"error": "closed", "message": "现在不在开放时间"})
    page.route("**/r/**", lambda route: route.fulfill(status=410, body=closed, content_type="application/json"))
    submit(page)
    page.get_by_text("现在不在开放时间").wait_for()
    page.unroute("**/r/**")
    page.get_by_role("button", name="再次提交").tap()
    receipt(page)
    assert len(shared.submissions()) == known + 1


def test_an_answer_of_an_earlier_wave_is_no_answer_now(shared: Server, page: Page) -> None:
    page.goto(shared.url())
    consent(page)
    fill(page, SCREENED)
    submit(page)
    receipt(page)
    assert "S1" not in page.evaluate("() => JSON.stringify(localStorage)"), "what has arrived is forgotten"
    page.evaluate(
        """() => { const key = Object.keys(localStorage).find((one) => one.endsWith(":draft"));
        localStorage.setItem(key, JSON.stringify(Object.assign(JSON.parse(localStorage[key]), { wave: "W0" }))); }"""
    )
    page.reload()
    page.get_by_role("button", name="我同意").wait_for()


def test_after_a_withdrawal_the_form_begins_anew_and_before_it_nothing_is_touched(shared: Server, page: Page) -> None:
    known = len(shared.submissions())
    page.goto(shared.url())
    consent(page)
    fill(page, SCREENED)
    submit(page)
    code = receipt(page)
    page.get_by_role("button", name="撤回这份答卷").tap()
    page.get_by_role("button", name="返回").tap()
    assert receipt(page) == code, "who thinks better of it is back at the receipt"
    page.get_by_role("button", name="撤回这份答卷").tap()
    page.get_by_role("button", name="撤回", exact=True).tap()
    page.get_by_text("答卷已撤回").wait_for()
    page.get_by_role("button", name="返回").tap()
    consent(page)
    fill(page, SCREENED)
    submit(page)
    assert receipt(page) != code
    assert len(shared.submissions()) == known + 1


def test_offline_no_other_places_page_is_shown(shared: Server, browser: Browser) -> None:
    here, there = (point.code for point in shared.study.areas.points[:2])
    context = phone(browser)
    page = context.new_page()
    page.goto(shared.url(f"?p={here}"))
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    page.goto(shared.url(f"?from=singlemessage&p={here}"))
    page.get_by_text("调查点：").wait_for()
    with pytest.raises(Error):
        page.goto(shared.url(f"?p={there}"))
    context.close()
