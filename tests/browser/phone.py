"""Tools for browser tests of the form: Chromium at 390 x 844, a real server that can be killed, and answering."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import TimeoutError as TooSlow

from survey.collect.inbox.inbox import Stored
from survey.collect.inbox.sqlite import SqliteBackend
from survey.study.study import Study, load_study
from tests.survey.collect.town import make_town
from tests.survey.small_study import load_frame_names

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="没有安装 chromium：apt-get install chromium fonts-noto-cjk"
)
SHOTS = Path(__file__).parent / "screenshots"


MOMENT, PATIENCE = 600, 10_000
"""Milliseconds in which a screen goes on by itself where it may not, and where it must."""
WHERE = """() => {
  const head = document.getElementById("question");
  const on = head && !document.getElementById("bar").hidden;
  return on ? document.getElementById("count").textContent.split("，")[0] + head.textContent : "";
}"""
"""The screen that is shown, "" when it is no question."""


class Server:
    """`silu collect` in a process of its own, on one port through all restarts."""

    def __init__(self, study: Study) -> None:
        self.study = study
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = int(listener.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "cli", "collect", str(self.study.root), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(1200):  # a minute: a loaded machine takes its time
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self.process.poll() is None, "the server stopped"
                time.sleep(0.05)
            else:
                return
        self.kill()
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """Kill the server with SIGKILL."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def url(self, query: str = "") -> str:
        return f"http://127.0.0.1:{self.port}/{query}"

    def submissions(self) -> list[Stored]:
        backend = SqliteBackend(self.study.root / "inbox" / "inbox.sqlite")
        found = backend.read(0, 1000)
        backend.close()
        return found


@contextmanager
def serving(root: Path, settings: str = "") -> Iterator[Server]:
    """Serve the small open study without automatic drains."""
    with running(make_town(root / "town", "drain_seconds = 0\n" + settings)) as started:
        yield started


@contextmanager
def running(study: Study) -> Iterator[Server]:
    """Serve a study until the end of the block."""
    started = Server(study)
    started.start()
    yield started
    started.kill()


@contextmanager
def serving_questionnaire(folder: Path, questionnaire: Mapping[str, Any]) -> Iterator[Server]:
    """Serve the form of another questionnaire than the town's."""
    root = make_town(folder / "town", "drain_seconds = 0\n").root
    (root / "questionnaire.json").write_text(json.dumps(questionnaire, ensure_ascii=False), encoding="utf-8")
    # those of the default questionnaire name questions that this one lacks
    (root / "margins.csv").write_text("\n".join(["区县,人口", *(f"{name},1000" for name in load_frame_names(root))]))
    (root / "targets.csv").write_text("指标,题目,区县,目标,出处,日期\n", encoding="utf-8")
    with running(load_study(root)) as started:
        yield started


@contextmanager
def watched(context: BrowserContext) -> Iterator[Page]:
    """Open a page and fail on script errors."""
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    context.close()
    assert problems == []


def phone(browser: Browser, **more: Any) -> BrowserContext:
    return browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        **more,
    )


def consent(page: Page) -> None:
    page.get_by_text("已满 14 周岁", exact=True).tap()
    page.get_by_role("button", name="我同意").tap()
    page.wait_for_selector("#question")


def heading(page: Page) -> str:
    return page.locator("#question").inner_text().removesuffix("必答").strip()


def fill(page: Page, wanted: Mapping[str, Any], until: str = "") -> list[str]:
    """Answer screen after screen, by default with the first option; return the headings seen.

    `wanted` maps the beginning of a heading to labels to tap, or to a text to write. Stops before `until`.
    """
    seen: list[str] = []
    for _ in range(120):
        if page.get_by_role("button", name="提交", exact=True).count():
            return seen
        here = page.evaluate(WHERE)
        head = heading(page) if here else ""
        if until and head.startswith(until):
            return seen
        seen.append(head)
        choice = next((value for key, value in wanted.items() if head.startswith(key)), None)
        # A tap on the only answer goes on by itself, later on busy cores; what does not, goes on with the button.
        if not _moved(page, here, PATIENCE if _answer(page, choice) else MOMENT):
            page.get_by_role("button", name="下一题").tap()
            assert _moved(page, here, PATIENCE), f"stuck at {head}"
    raise AssertionError("the form has no end")


def _moved(page: Page, where: str, within: int) -> bool:
    """Return whether another screen appears within some milliseconds."""
    try:
        page.wait_for_function(f"where => ({WHERE})() !== where", arg=where, timeout=within, polling=20)
    except TooSlow:
        return False
    return True


def _answer(page: Page, choice: Any) -> bool:
    """Answer the question; return whether a tap did, so that the form goes on by itself."""
    options = page.locator(".option")
    if not options.count():
        if choice:
            page.locator("textarea, .line").first.fill(choice)
        return False
    one = options.first.locator("input[type=radio]").count() > 0
    for label in [choice] if isinstance(choice, str) else choice or []:
        if label.startswith("="):
            page.locator(".comment textarea").fill(label[1:])
        else:
            options.get_by_text(label, exact=True).tap()
    if choice is None and one:
        options.first.tap()
    return one and (choice is None or isinstance(choice, str))
