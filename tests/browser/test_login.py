"""People log in with a real browser at a real server: first start, passwords, cookies, logout, rights taken away."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.entry import Entry, entry_of
from accounts.roster import issue
from accounts.rules import FILE as RULES
from accounts.users import User, disable, find_user, grant
from survey.host.access import Role
from survey.study.template.new_study import init_study
from tests.browser.boxes import faults
from tests.browser.desk import ROOT
from tests.browser.phone import needs_chromium
from tests.browser.tour import PHONE, still

pytestmark = [pytest.mark.browser, pytest.mark.server, needs_chromium]
OWN = "Neu-2027-Wort"
DESK = (1366, 768)


@dataclass(frozen=True)
class Office:
    """A dashboard with accounts: its address, what it printed before, and its accounts."""

    address: str
    printed: str
    study: Path

    @property
    def entry(self) -> Entry:
        return entry_of(self.study)

    def issue(self, name: str, role: Role | None, district: str = "") -> str:
        """Add an account and return its one-time password."""
        return issue(self.entry, [User(name, f"{name}先生", role, district)])[0].password


@contextmanager
def served(*command: str) -> Iterator[tuple[str, str]]:
    """Run a command that serves; yield its address and the lines before."""
    line = [sys.executable, str(ROOT / "cli.py"), *command, "--port", "0"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            printed = ""
            while not (found := re.search(r"http://[\d.:]+", printed)):
                printed += server.stdout.readline()
            yield found.group(), printed
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A new study without accounts."""
    study = init_study(tmp_path_factory.mktemp("login") / "study")
    with served("dashboard", str(study), "--accounts") as (address, printed):
        yield Office(address, printed, study)


@contextmanager
def desk(browser: Browser, size: tuple[int, int] = DESK) -> Iterator[Page]:
    """Open a browser of one person."""
    context: BrowserContext = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    yield context.new_page()
    context.close()


def send(page: Page, **fields: str) -> None:
    """Fill in the form that is shown and send it."""
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.click("button[type=submit]")


def log_in(page: Page, office: Office, name: str, password: str) -> None:
    page.goto(f"{office.address}/login")
    send(page, name=name, password=password)


def own_password(page: Page, office: Office, name: str, once: str) -> None:
    """Log in with a one-time password and set one of one's own."""
    log_in(page, office, name, once)
    send(page, old=once, password=OWN, again=OWN)


def test_first_start_log_in_own_password_and_log_out(browser: Browser, office: Office) -> None:
    code = re.search(r"开通码：(\S+)", office.printed)
    assert code is not None
    with desk(browser, PHONE) as page:
        page.goto(f"{office.address}/ledger")
        assert page.url.endswith("/setup")
        assert faults(page) == []
        words = {"name": "chef", "password": "Erst-2027-Wort", "again": "Erst-2027-Wort"}
        send(page, code="falsch", **words)
        assert "开通码不对" in page.inner_text("[role=alert]")
        assert faults(page) == []
        send(page, code=code[1], **words)
        page.get_by_text("一人一户，一户一岗").wait_for(timeout=60_000)
        (cookie,) = (
            one for one in page.context.cookies() if one["name"].startswith("silu_") and "form" not in one["name"]
        )
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"], cookie["expires"]) == (True, "Lax", False, -1)
        assert cookie["name"] not in page.evaluate("document.cookie")
    once = office.issue("boss", Role.LEADER)
    with desk(browser) as page:
        log_in(page, office, "boss", "Falsch-2027")
        assert "用户名或口令不对" in page.inner_text("[role=alert]")
        assert page.input_value("#name") == "boss"
        send(page, password=once)
        assert page.url.endswith("/password")
        page.goto(f"{office.address}/briefing")
        assert page.url.endswith("/password")
        send(page, old=once, password=OWN, again="anders")
        assert "两次写的新口令不一样" in page.inner_text("[role=alert]")
        send(page, old=once, password=OWN, again=OWN)
        page.get_by_text("总览").first.wait_for(timeout=60_000)
        page.goto(f"{office.address}/logout")
        page.click("button[type=submit]")
        assert "已经退出" in page.inner_text("h1")
        for _ in range(2):  # nothing of the pages is shown from the history
            page.go_back()
            page.wait_for_url("**/login*", timeout=10_000)
            assert page.inner_text("h1") == "登录"


def test_what_is_taken_away_is_gone_at_the_next_click(browser: Browser, tmp_path: Path) -> None:
    study = init_study(tmp_path / "study")
    entry_of(study).file.make()
    issue(entry_of(study), [User("sec0", "安全", Role.SECURITY)])
    with served("dashboard", str(study)) as (address, printed), desk(browser) as page:
        office = Office(address, printed, study)
        own_password(page, office, "ana", office.issue("ana", Role.ANALYST))
        still(page)
        assert page.get_by_role("link", name="管", exact=True).count()
        grant(office.entry.file, "ana", Role.LEADER)
        page.get_by_role("link", name="我的", exact=True).click()
        page.get_by_text("领导").first.wait_for(timeout=60_000)
        still(page)
        assert not page.get_by_role("link", name="管", exact=True).count()
        disable(office.entry.file, "ana")
        page.get_by_role("link", name="看", exact=True).click()
        page.get_by_text("您的登录已经结束").wait_for(timeout=60_000)
        assert not page.get_by_text("四率").count()


@pytest.mark.slow
def test_two_security_administrators_at_once(browser: Browser, tmp_path: Path) -> None:
    """Both look at the same list; the second change meets what the first one left, and nobody changes themselves."""
    study = init_study(tmp_path / "study")
    entry_of(study).file.make()
    issue(entry_of(study), [User("sec0", "安全", Role.SECURITY)])
    with served("dashboard", str(study)) as (address, printed):
        office = Office(address, printed, study)
        office.issue("clerk", Role.LEADER)
        with desk(browser) as one, desk(browser) as other:
            for page, name in ((one, "sec1"), (other, "sec2")):
                own_password(page, office, name, office.issue(name, Role.SECURITY))
                still(page)
            for page in (one, other):
                page.get_by_role("tab", name="更改").click()
                page.get_by_label("账户").click()
                page.get_by_role("option", name=re.compile("clerk")).click()
                still(page)
            one.get_by_role("button", name="停用").click()
            still(one)
            other.get_by_role("button", name="停用").click()
            still(other)
            user = find_user(office.entry.file, "clerk")
            assert user is not None
            assert user.disabled


@pytest.mark.slow
def test_idle_exit(browser: Browser, office: Office, tmp_path: Path) -> None:
    study = init_study(tmp_path / "study")
    (study / RULES).parent.mkdir()
    (study / RULES).write_text("[session]\nidle_minutes = 1\n", encoding="utf-8")
    entry = entry_of(study)
    entry.file.make()
    password = issue(entry, [User("boss", "领导", Role.LEADER)], once=False)[0].password
    with served("dashboard", str(study)) as (address, printed), desk(browser) as page:
        log_in(page, Office(address, printed, study), "boss", password)
        still(page)
        time.sleep(65)
        page.get_by_role("link", name="我的", exact=True).click()
        page.get_by_text("您的登录已经结束").wait_for(timeout=60_000)
        page.reload()
        page.wait_for_url("**/login*")


@pytest.mark.slow
def test_the_accounts_of_the_demonstration_work(browser: Browser, tmp_path: Path) -> None:
    """Every account that is printed opens its first page, on a desk and on a phone, with nothing cut."""
    with served("demo", str(tmp_path / "demo"), "--accounts") as (address, printed):
        people = dict(re.findall(r"^  (\w+) +(\S+)　", printed, re.MULTILINE))
        assert set(people) == {str(role) for role in Role}
        found = {}
        for name, password in people.items():
            for size in (DESK, PHONE):
                with desk(browser, size) as page:
                    log_in(page, Office(address, printed, tmp_path), name, password)
                    still(page)
                    assert not page.url.endswith("/login"), name
                    page.screenshot(path=tmp_path / f"{name}-{size[0]}.png")
                    if seen := faults(page):
                        found[name, size[0]] = seen
        assert found == {}
