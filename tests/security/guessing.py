"""Guess passwords at a real dashboard: many names from many addresses at once, and the right user among them."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import psutil
from scipy.stats import mannwhitneyu

from accounts.database import account_file
from accounts.entry import Entry
from accounts.passwords import Hasher
from accounts.users import User, add_users
from survey.host.access import Role
from survey.study.template.new_study import init_study
from tests.accounts.conftest import RIGHT, WRONG
from tests.security.dashboards import Served

NAMES, ADDRESSES, EACH = 14, 40, 6
"""Names of each kind, addresses, and tries of each pair: five are checked, the sixth finds the name locked."""
CONNECTIONS = 24
KINDS = ("known", "unknown", "disabled")
OWNER, OWN_ADDRESS = "chief", "127.2.0.1"
BUSY = 503


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer to one login.

    Attributes:
        kind: one of `KINDS`.
        status: of the answer.
        seconds: until it was there.
        words: its text without name and token.
    """

    kind: str
    status: int
    seconds: float
    words: str


@dataclass
class Siege:
    """What came of it.

    Attributes:
        answers: to the guesses.
        owner: to the logins of the right user, whose kind is "owner".
        memory: resident memory of the server in MB, every 20 ms.
        seconds: that it took.
        refused: answers 503, after which a guess was sent again.
    """

    answers: list[Answer] = field(default_factory=list)
    owner: list[Answer] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    seconds: float = 0.0
    refused: int = 0

    def words(self, status: int) -> set[str]:
        """Return the different texts of the answers with a status."""
        return {one.words for one in self.answers if one.status == status}

    def checked(self, kind: str) -> list[float]:
        """Return the seconds of the guesses whose password was checked."""
        return [one.seconds for one in self.answers if one.kind == kind and one.status == 401]

    def likelier_longer(self, kind: str) -> tuple[float, float]:
        """Return the probability that a guess for this kind takes longer than for a known name, and the p-value."""
        one, other = self.checked(kind), self.checked("known")
        test = mannwhitneyu(one, other)
        return float(test.statistic) / (len(one) * len(other)), float(test.pvalue)


def besieged_study(root: Path, hasher: Hasher) -> Path:
    """Make a study with accounts, a third of them disabled, and the right user."""
    study = init_study(root)
    entry = Entry(account_file(study), hasher=hasher)
    entry.file.make()
    now, hashed = entry.clock.now(), hasher.hash(RIGHT)
    names = [f"{kind}{at}" for kind in KINDS if kind != "unknown" for at in range(NAMES)]
    people = [User(name, name, Role.LEADER, disabled=name.startswith("disabled")) for name in names]
    people.append(User(OWNER, OWNER, Role.LEADER))
    add_users(entry.file, [(User(**_dated(one, now)), hashed) for one in people])
    return study


def _dated(user: User, now: float) -> dict[str, object]:
    facts = {name: getattr(user, name) for name in ("name", "display", "role", "disabled")}
    return {**facts, "made": now, "changed": now}


def guesses(count: int, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and address of each guess, in an order of chance."""
    names = [(kind, f"{kind}{at}") for kind in KINDS for at in range(NAMES)]
    pairs = [(kind, name, f"127.1.0.{at + 1}") for (kind, name), at in product(names, range(ADDRESSES))]
    every = [pair for pair in pairs for _ in range(EACH)]
    chance.shuffle(every)
    yield from every[:count]


def log_in(port: int, kind: str, name: str, password: str, address: str) -> Answer:
    """Send the form of the login once, from a loopback address."""
    body = urlencode({"form": "x", "name": name, "password": password, "next": ""})
    headers = {"Cookie": "silu_form=x", "Content-Type": "application/x-www-form-urlencoded"}
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120, source_address=(address, 0))
    began = time.perf_counter()
    line.request("POST", "/login", body, headers)
    answer = line.getresponse()
    text = answer.read().decode().replace(f'value="{name}"', "")
    seconds = time.perf_counter() - began
    line.close()
    return Answer(kind, answer.status, seconds, text)


def besiege(served: Served, count: int, *, every: float = 1.0) -> Siege:
    """Guess so many passwords from many addresses, and let the right user in now and then; return what came of it."""
    found, over = Siege(), threading.Event()
    waiting = list(guesses(count, random.Random(18)))[::-1]
    watching = [threading.Thread(target=_watch, args=(served, found, over))]
    watching.append(threading.Thread(target=_come_in, args=(served, found, over, every)))
    for thread in watching:
        thread.start()
    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda _: _guess(served, found, waiting), range(CONNECTIONS)))
    found.seconds = time.perf_counter() - began
    over.set()
    for thread in watching:
        thread.join()
    return found


def _guess(served: Served, found: Siege, waiting: list[tuple[str, str, str]]) -> None:
    while True:
        try:
            kind, name, address = waiting.pop()
        except IndexError:
            return
        while (answer := log_in(served.port, kind, name, f"{WRONG}{name}", address)).status == BUSY:
            found.refused += 1
            time.sleep(0.05)
        found.answers.append(answer)


def _come_in(served: Served, found: Siege, over: threading.Event, every: float) -> None:
    while not over.wait(every):
        found.owner.append(log_in(served.port, "owner", OWNER, RIGHT, OWN_ADDRESS))


def _watch(served: Served, found: Siege, over: threading.Event) -> None:
    process = psutil.Process(served.process)
    while not over.wait(0.02):
        found.memory.append(process.memory_info().rss / 2**20)


def quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile of some values."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
