"""A warm Chromium that draws pages of this server as pictures, one at a time.

It is driven through its own pipe (`--remote-debugging-pipe`): no port is opened, nothing has to be installed besides
the browser, and it ends with this process. Its profile lies in a scratch folder that goes with it;
pictures stay in memory.
"""

from __future__ import annotations

import atexit
import base64
import json
import logging
import os
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from reports.sentences.notes.catalogue import tr
from survey.errors import PictureError
from survey.host import browsers
from survey.host.scratch import scratch_folder
from views.shell.shots import Order

MOST = 4
"""Requests for pictures at once, the one being drawn included; further ones are refused."""
LONGEST = 90.0
"""Seconds after which a picture is given up."""
IDLE = 600.0
"""Seconds without a picture after which the browser is closed."""
FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-proxy-server",
    "--force-color-profile=srgb",
    "--lang=zh-CN",
)
PIPES = 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null'
"""Give the browser our pipes where it expects them: it reads commands from 3 and writes answers to 4."""
DRAWN = """new Promise(done => {
  let quiet = 0, stuck = 0;
  const look = () => {
    const app = document.querySelector("[data-testid=stApp]");
    const rests = app && app.dataset.testScriptState === "notRunning";
    const ended = rests && document.querySelector(".silu-end");
    const empty = [...document.querySelectorAll(".stPlotlyChart")].some(chart => !chart.querySelector(".main-svg"));
    const late = empty || document.querySelector("[data-testid=stSkeleton], [data-testid=stSpinner]");
    quiet = ended && !late && document.fonts.status === "loaded" ? quiet + 1 : 0;
    stuck = rests && !ended ? stuck + 1 : 0;
    if (quiet > 5 || stuck > 100) done(quiet > 5); else setTimeout(look, 60);
  };
  look();
})"""
"""Promise of true once the script of the page has ended and all its charts are drawn; of false where it failed."""
PLACE = """new Promise(done => {
  const found = document.querySelector(%s);
  if (!found) return done(null);
  const folded = found.closest("details:not([open])");
  if (folded) folded.querySelector("summary").click();
  setTimeout(() => {
    found.scrollIntoView();
    const box = found.getBoundingClientRect();
    done(box.width ? {x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height, scale: 1} : null);
  }, folded ? 1000 : 0);
})"""
"""Promise of the place of what is drawn, unfolded where it lies in a folded part; of null where it is not there."""
COMPLAINTS = "stderr"
"""File in the profile with what the browser complains of."""
LOG = logging.getLogger("silu")
GONE = "请再试一次；仍然不行，请系统维护人员看服务器日志，并在服务器上运行 silu doctor 检查浏览器"


class Camera:
    """Take pictures of pages with one browser, which starts with the first picture and is closed when idle."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._places = threading.BoundedSemaphore(MOST)
        self._turn = threading.Lock()
        self._browser: Browser | None = None
        self._closing: threading.Timer | None = None
        atexit.register(self.close)

    def take(self, server: str, order: Order) -> bytes:
        """Return a page, or one of its charts, as a PNG.

        Args:
            server: scheme, host and port at which this server listens.
            order: what is drawn.

        Raises:
            PictureError: there is no browser, too many pictures are waited for, or the page could not be drawn.
        """
        if not self._places.acquire(blocking=False):
            raise PictureError(tr("同时在生成的图片太多"), cure=tr("过半分钟再点一次“保存图片”"))
        try:
            with self._turn:
                return self._take(server, order)
        finally:
            self._places.release()

    def close(self) -> None:
        """Close the browser, if one is open."""
        browser, self._browser = self._browser, None
        if browser is not None:
            browser.end()

    def _take(self, server: str, order: Order) -> bytes:
        if self._closing is not None:
            self._closing.cancel()
        if self._browser is None or not self._browser.lives:
            self._browser = Browser()
        watch = threading.Timer(LONGEST, self._browser.end)
        watch.daemon = True
        watch.start()
        try:
            return picture(self._browser, server, order)
        finally:
            watch.cancel()
            self._closing = threading.Timer(IDLE, self._rest)
            self._closing.daemon = True
            self._closing.start()

    def _rest(self) -> None:
        """Close the browser unless a picture is being taken."""
        if self._turn.acquire(blocking=False):
            try:
                self.close()
            finally:
                self._turn.release()


class Browser:
    """A Chromium process and the pipe through which it takes commands."""

    def __init__(self) -> None:
        """Start the browser of this machine with a profile of its own.

        Raises:
            PictureError: there is none.
        """
        path = browsers.installed()
        if not path or os.name != "posix":
            raise PictureError(
                tr("服务器上没有能画图的浏览器"), cure=tr("请系统维护人员{cure}").format(cure=browsers.CURE)
            )
        self._last = 0
        self._scratch = scratch_folder()
        self._folder = self._scratch.__enter__()
        # Chromium refuses its sandbox to root.
        flags = (*FLAGS, f"--user-data-dir={self._folder}", *(["--no-sandbox"] if os.geteuid() == 0 else []))
        command = ["/bin/sh", "-c", PIPES, "sh", path, *flags, "about:blank"]
        around = {**os.environ, "TMPDIR": str(self._folder)}
        pipe = subprocess.PIPE
        with (self._folder / COMPLAINTS).open("wb") as errors:
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, env=around)

    @property
    def lives(self) -> bool:
        """Return whether the process runs."""
        return self._process.poll() is None

    def end(self) -> None:
        """Kill the process and remove its profile."""
        self._process.kill()
        self._process.wait()
        self._scratch.__exit__(None, None, None)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def do(self, method: str, session: str = "", **parameters: Any) -> Mapping[str, Any]:
        """Run one command of the DevTools protocol and return its result; events meanwhile are ignored.

        Raises:
            PictureError: the browser refuses the command, or has ended.
        """
        self._last += 1
        command = {"id": self._last, "method": method, "params": parameters, "sessionId": session}
        try:
            self._write({key: value for key, value in command.items() if value != ""})
            while True:
                answer = self._read()
                if answer.get("id") == self._last:
                    break
        except (OSError, ValueError, EOFError) as error:
            LOG.warning(tr("浏览器在 %s 时退出：%s"), method, self._complaint())
            raise PictureError(tr("画图的浏览器退出了，或者太久没有画完"), cure=GONE) from error
        if "error" in answer:
            raise PictureError(tr("浏览器画不出这一页"), got=str(answer["error"].get("message", "")), cure=GONE)
        result: Mapping[str, Any] = answer["result"]
        return result

    def _write(self, command: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\0")
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        """Return the next message."""
        assert self._process.stdout is not None
        parts = bytearray()
        while not parts.endswith(b"\0"):
            more = self._process.stdout.peek()  # type: ignore[attr-defined]
            if not more:
                raise EOFError
            end = more.find(b"\0")
            parts += self._process.stdout.read(len(more) if end < 0 else end + 1)
        message: dict[str, Any] = json.loads(parts[:-1])
        return message

    def _complaint(self) -> str:
        """Return the last words of the browser."""
        path = self._folder / COMPLAINTS
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n") if path.is_file() else []
        return " | ".join(line for line in lines if line)[-500:]


def picture(browser: Browser, server: str, order: Order) -> bytes:
    """Open a page in a tab of its own, wait until it is drawn, and return its picture.

    Raises:
        PictureError: it cannot be drawn.
    """
    tab = str(browser.do("Target.createTarget", url="about:blank")["targetId"])
    try:
        session = str(browser.do("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"])
        size = order.format
        metrics = {"width": round(size.width), "height": round(size.height), "deviceScaleFactor": size.scale}
        browser.do("Emulation.setDeviceMetricsOverride", session, **metrics, mobile=False)
        if server.startswith("https:"):  # our own server, whose certificate names it for others
            browser.do("Security.setIgnoreCertificateErrors", session, ignore=True)
        _take_cookie(browser, session, server, order)
        if fault := browser.do("Page.navigate", session, url=f"{server}{order.address}").get("errorText"):
            raise PictureError(tr("浏览器打不开这一页"), got=str(fault), cure=GONE)
        if not _value(browser, session, DRAWN):
            raise PictureError(tr("这一页现在打不开，没有存成图片"), cure=GONE)
        place = _value(browser, session, PLACE % json.dumps(order.frame))
        if place is None:
            raise PictureError(tr("这一页现在没有这张图"), cure=tr("刷新页面后再点“保存图片”"))
        if not order.chart:
            place |= {"width": size.width, "height": size.height}
        shot = browser.do("Page.captureScreenshot", session, format="png", clip=place, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])
    finally:
        if browser.lives:
            browser.do("Storage.clearCookies")
            browser.do("Target.closeTarget", targetId=tab)


def _take_cookie(browser: Browser, session: str, server: str, order: Order) -> None:
    """Give a tab the session of whoever asks, so that the picture shows what they may see, and no more."""
    name, value = order.cookie
    if value:
        browser.do("Network.setCookie", session, url=server, name=name, value=value, httpOnly=True)


def _value(browser: Browser, session: str, script: str) -> Any:
    found = browser.do("Runtime.evaluate", session, expression=script, awaitPromise=True, returnByValue=True)
    return found.get("result", {}).get("value")
