"""A real dashboard with accounts on a port, with hashes of any cost, and browsers without a screen for it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import argon2
import httpx
from websockets.asyncio.client import connect

from accounts.database import account_file
from accounts.entry import Entry
from accounts.passwords import Hasher
from tests.accounts.conftest import CHEAP, RIGHT

ROOT = Path(__file__).parent.parent.parent
CODE = """
import argon2, pathlib, sys
from accounts.entry import entry_of
from accounts.passwords import Hasher
from dataclasses import replace
from views import server
from views.door.door import Doorway
study, port = pathlib.Path(sys.argv[1]), server.listen("127.0.0.1", 0)
time_cost, memory_cost, parallelism = map(int, sys.argv[2:])
hasher = Hasher(argon2.PasswordHasher(time_cost, memory_cost, parallelism))
print(port.getsockname()[1], flush=True)
server.serve(study, port, (), Doorway(replace(entry_of(study), hasher=hasher), study))
"""


@dataclass(frozen=True)
class Served:
    """A dashboard on a port, its accounts, and the number of its process."""

    port: int
    entry: Entry
    process: int
    browsers: list[httpx.Client] = field(default_factory=list)

    def browser(self) -> httpx.Client:
        """Return a browser without a session."""
        self.browsers.append(httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=60))
        return self.browsers[-1]

    def socket(self, headers: Mapping[str, str]) -> connect:
        """Return a websocket to be opened with these headers."""
        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        return connect(address, additional_headers=headers, subprotocols=["streamlit"], max_size=None)

    def logged_in(self, name: str, password: str = RIGHT) -> tuple[httpx.Client, httpx.Response]:
        """Return a browser after the login form was sent, and the answer."""
        browser = self.browser()
        form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.get("/login").text))
        return browser, browser.post("/login", data={**form, "name": name, "password": password})


@contextmanager
def serving(study: Path, method: argon2.PasswordHasher = CHEAP) -> Iterator[Served]:
    """Serve a study that has accounts; the server must not fail inside."""
    cost = map(str, (method.time_cost, method.memory_cost, method.parallelism))
    command = [sys.executable, "-c", CODE, str(study), *cost]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        entry = Entry(account_file(study), hasher=Hasher(method))
        found = Served(int(server.stdout.readline()), entry, server.pid)
        try:
            yield found
        finally:
            for browser in found.browsers:
                browser.close()
            server.send_signal(signal.SIGINT)
            _, log = server.communicate(timeout=60)
    assert "Traceback" not in log, log
