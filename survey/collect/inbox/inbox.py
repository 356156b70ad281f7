"""The inbox: every answer of the online form as it came, acknowledged only after it is on the disk.

One writer thread takes whatever arrived during the previous commit and stores it in one transaction
(group commit), so the disk's sync rate no longer bounds the answers per second, and an idle server still
answers after a single commit. Rows are appended and never changed; a resident who withdraws has the body
erased, and the empty envelope stays so that a late resend is recognised.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from queue import SimpleQueue
from typing import Any, NamedTuple, Protocol, TypeVar

from survey.collect.inbox.submission import Reached, Receipt, State, Step, Stored, Submission, SubmissionHead
from survey.errors import CollectError

__all__ = [
    "Backend",
    "CommitTotals",
    "Inbox",
    "Reached",
    "Receipt",
    "State",
    "Step",
    "Stored",
    "Submission",
    "SubmissionHead",
]

Answer = TypeVar("Answer")
LOG = logging.getLogger("silu.collect")

BATCH = 512
"""At most so many letters share a commit; more would only lengthen the wait of the first."""


CROWD = 4
"""A batch of so many says that many people are sending at once; then the next batch gathers for a moment."""
GATHER = 0.002
"""Seconds. A fast disk would else be asked to sync for every few letters, which costs more than the letters. The event
loop counts them, not the writer: a writer that wakes while the loop is at work fights it for Python's lock."""


class Backend(Protocol):
    """A durable table of letters. SQLite by default, PostgreSQL when several hosts write."""

    def write(self, letters: Sequence[Submission], steps: Sequence[Step] = ()) -> list[Receipt]:
        """Store a batch in one transaction; on return it survives a power cut."""

    def find(self, identity: bytes) -> tuple[Receipt, bytes] | None:
        """The receipt and sha256 of a letter, None when it never came."""

    def spent(self, token: str) -> bool:
        """Whether a letter came with this invitation."""

    def read(self, after: int, limit: int) -> list[Stored]:
        """Letters numbered above `after`, oldest first, erased ones left out; one that is damaged is not `intact`."""

    def withdraw(self, number: int, at: int) -> bool:
        """Erase the body; False when there is no such letter or it is erased already."""

    def withdrawn(self, after: int) -> list[tuple[int, bytes]]:
        """Running number of the withdrawal and id of the letter, oldest first."""

    def scrub(self) -> bool:
        """Clear what erased bodies left beside the table; False when others hinder it just now."""

    def envelopes(self, after: int, limit: int) -> list[SubmissionHead]:
        """Letters numbered above `after` without their bodies, erased ones left out."""

    def bodies(self, numbers: Sequence[int]) -> list[bytes]:
        """Raw JSON of some letters, oldest first; erased ones are left out."""

    def erased(self) -> list[int]:
        """Running numbers of the letters whose bodies were erased."""

    def reached(self, since: int = 0) -> list[Reached]:
        """Last steps since a moment (milliseconds since 1970), counted."""

    def remember(self, key: str, value: str, *, once: bool = False) -> str:
        """Keep a setting; with `once` the first value ever given wins. Returns the value in force."""

    def recall(self, key: str) -> str | None:
        """A setting kept by `remember`."""

    def faults(self) -> list[str]:
        """What is wrong with the table and its indexes, in Chinese; the letters themselves are not looked at."""

    def recalled(self, prefix: str) -> dict[str, str]:
        """All settings whose key begins with a prefix: the rest of the key -> value."""

    def forget(self, key: str) -> None:
        """Drop a setting; nothing happens where there is none."""

    def close(self) -> None:
        """Release the connection."""


class CommitTotals(NamedTuple):
    """All commits since the start: their number, the answers in them, the seconds they took, and how many failed."""

    commits: int = 0
    letters: int = 0
    seconds: float = 0.0
    failed: int = 0


Reply = Callable[[Receipt | None, CollectError | None], None]
"""Called in the event loop with the receipt, or with the reason why nothing was stored."""
Waiting = tuple[Submission, Reply]


class Inbox:
    """One writer thread in front of a backend.

    Args:
        backend: where letters go.
        bound: letters that may wait; above it `submit` refuses and the receiver answers 503.
    """

    def __init__(self, backend: Backend, *, bound: int = 4096) -> None:
        """Start nothing yet; `start` is called in the event loop that will submit."""
        self.backend = backend
        self.bound = bound
        self.totals = CommitTotals()
        self.healthy = True
        self._waiting: deque[Waiting] = deque()
        self._steps: deque[Step] = deque(maxlen=bound)
        self._questions: deque[tuple[Callable[[Backend], Any], asyncio.Future[Any]]] = deque()
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._rung = self._busy = self._closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="inbox-writer", daemon=True)

    def start(self) -> None:
        """Start the writer; call inside the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Letters that no commit has taken yet."""
        return len(self._waiting)

    def post(self, letter: Submission, reply: Reply) -> None:
        """Queue a letter; `reply` is called in the event loop after the commit that holds it.

        Raises:
            CollectError: the queue is at its bound, or the inbox is closing.
        """
        if self._loop is None or self._closing or len(self._waiting) >= self.bound:
            raise CollectError("收件箱暂时繁忙", cure="稍后自动重试，答卷不会丢失")
        self._waiting.append((letter, reply))
        self._ring()

    def submit(self, letter: Submission) -> asyncio.Future[Receipt]:
        """Queue a letter; the future resolves after the commit that holds it.

        Raises:
            CollectError: the queue is at its bound, or the inbox is closing.
        """
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()

        def reply(receipt: Receipt | None, error: CollectError | None) -> None:
            _set(future, receipt, error)()

        self.post(letter, reply)
        return future

    def ask(self, question: Callable[[Backend], Answer]) -> asyncio.Future[Answer]:
        """Run something on the backend between two commits, in the writer's thread.

        Raises:
            CollectError: the inbox is closing, or too many questions wait.
        """
        if self._loop is None or self._closing or len(self._questions) >= self.bound:
            raise CollectError("收件箱暂时繁忙", cure="稍后重试")
        future: asyncio.Future[Answer] = self._loop.create_future()
        self._questions.append((question, future))
        self._ring()
        return future

    def note(self, step: Step) -> None:
        """Queue a progress note: it rides along with the next commit and may be dropped under load."""
        self._steps.append(step)
        self._ring()

    def close(self) -> None:
        """Store what waits, then stop the writer and release the backend."""
        self._closing = True
        self._bell.put(None)
        if self._thread.is_alive():
            self._thread.join()
        self.backend.close()

    def _ring(self) -> None:
        """Wake the writer, once for all that waits, after the loop has read whatever has come by now."""
        if self._rung or self._loop is None:
            return
        self._rung = True
        if self._busy:
            self._loop.call_later(GATHER, self._bell.put, None)
        else:
            self._loop.call_soon(self._bell.put, None)

    def _run(self) -> None:
        last = False
        while not last:
            self._bell.get()
            self._rung = False  # from here on who comes rings anew; all others are counted now
            last = self._closing  # nobody comes after that
            for _ in range(0, max(len(self._waiting), len(self._steps)), BATCH):
                self._busy = self._commit() >= CROWD
            for _ in range(len(self._questions)):
                self._reply(*self._questions.popleft())

    def _commit(self) -> int:
        """Store a batch; how many letters it held."""
        taken = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
        steps = [self._steps.popleft() for _ in range(min(BATCH, len(self._steps)))]
        receipts: Sequence[Receipt] | None = None
        failure: Exception | None = None
        start = time.perf_counter()
        try:
            receipts = self.backend.write([letter for letter, _ in taken], steps)
        except Exception as error:  # noqa: BLE001 - any failure of the store means: nothing is acknowledged
            failure = error
        self._count(len(taken), time.perf_counter() - start, failed=failure is not None)
        self._after(taken, receipts, failure)
        return len(taken)

    def _count(self, letters: int, seconds: float, *, failed: bool) -> None:
        """Add a commit to the totals: a new value, for the event loop reads them while the writer works."""
        done = self.totals
        self.totals = CommitTotals(
            done.commits + 1, done.letters + letters, done.seconds + seconds, done.failed + failed
        )

    def _reply(self, question: Callable[[Backend], Any], future: asyncio.Future[Any]) -> None:
        try:
            answer = question(self.backend)
        except Exception as error:  # noqa: BLE001 - told to the one who asked
            self._call(_set(future, None, _refusal(error)))
        else:
            self._call(_set(future, answer, None))

    def _after(self, taken: Sequence[Waiting], receipts: Sequence[Receipt] | None, error: Exception | None) -> None:
        """Tell everyone whose letter was in a batch, with one call into the loop."""
        if error is not None and self.healthy:
            LOG.error("the inbox cannot be written: %s", type(error).__name__)
        self.healthy = error is None
        refusal = None if receipts is not None else _refusal(error)

        def tell() -> None:
            for (_, reply), receipt in zip(taken, receipts or repeat(None)):  # noqa: B905 - repeat has no end
                reply(receipt, refusal)

        if taken:
            self._call(tell)

    def _call(self, action: Callable[[], object]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)


def _set(future: asyncio.Future[Answer], answer: Answer | None, error: Exception | None) -> Callable[[], None]:
    """An action for the event loop; one who has hung up meanwhile is left in peace."""

    def act() -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(answer)  # type: ignore[arg-type]

    return act


def _refusal(error: Exception | None) -> CollectError:
    return CollectError("收件箱暂时不能写入", got=str(error), cure="稍后自动重试，答卷仍在手机里")
