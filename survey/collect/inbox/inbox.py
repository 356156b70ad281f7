"""The inbox: every submission of the online form unchanged, acknowledged only after it is on disk.

One writer thread stores everything that arrived during the previous commit in one transaction (group commit), so the
disk's sync rate does not limit the throughput, and an idle server still replies after a single commit. Rows are append
only; a withdrawal erases the body, and the empty envelope remains so that a late resend is recognised.
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
from typing import Any, NamedTuple, TypeVar

from survey.collect.inbox.backend import Backend
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
"""Maximum number of submissions per commit; more would only delay the first."""


CROWD = 4
"""Batch size that indicates high load; the next batch then collects submissions for a moment."""
GATHER = 0.002
"""Seconds. Otherwise a fast disk would sync for every few submissions, which costs more than storing them. The event
loop counts them, not the writer: a writer that wakes while the loop is busy competes with it for the GIL."""


class CommitTotals(NamedTuple):
    """Commits since the start: number, submissions in them, seconds taken, and number of failures."""

    commits: int = 0
    submissions: int = 0
    seconds: float = 0.0
    failed: int = 0


Reply = Callable[[Receipt | None, CollectError | None], None]
"""Called in the event loop with the receipt, or with the error."""
Waiting = tuple[Submission, Reply]


class Inbox:
    """One writer thread in front of a backend.

    Args:
        backend: stores the submissions.
        bound: maximum number of waiting submissions; above it `submit` fails and the receiver replies 503.
    """

    def __init__(self, backend: Backend, *, bound: int = 4096) -> None:
        """Create the inbox; call `start` in the event loop that submits."""
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
        """Start the writer; call this inside the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Return the number of submissions that no commit has taken yet."""
        return len(self._waiting)

    def post(self, submission: Submission, reply: Reply) -> None:
        """Queue a submission; its commit then calls `reply` in the event loop.

        Raises:
            CollectError: the queue is at its bound, or the inbox is closing.
        """
        if self._loop is None or self._closing or len(self._waiting) >= self.bound:
            raise CollectError("收件箱暂时繁忙", cure="稍后自动重试，答卷不会丢失")
        self._waiting.append((submission, reply))
        self._ring()

    def submit(self, submission: Submission) -> asyncio.Future[Receipt]:
        """Queue a submission; the future resolves after its commit.

        Raises:
            CollectError: the queue is at its bound, or the inbox is closing.
        """
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()

        def reply(receipt: Receipt | None, error: CollectError | None) -> None:
            _set(future, receipt, error)()

        self.post(submission, reply)
        return future

    def ask(self, question: Callable[[Backend], Answer]) -> asyncio.Future[Answer]:
        """Run a function on the backend between two commits, in the writer thread.

        Raises:
            CollectError: the inbox is closing, or too many functions wait.
        """
        if self._loop is None or self._closing or len(self._questions) >= self.bound:
            raise CollectError("收件箱暂时繁忙", cure="稍后重试")
        future: asyncio.Future[Answer] = self._loop.create_future()
        self._questions.append((question, future))
        self._ring()
        return future

    def note(self, step: Step) -> None:
        """Queue a progress note for the next commit; notes may be dropped under load."""
        self._steps.append(step)
        self._ring()

    def close(self) -> None:
        """Store waiting submissions, then stop the writer and release the backend."""
        self._closing = True
        self._bell.put(None)
        if self._thread.is_alive():
            self._thread.join()
        self.backend.close()

    def _ring(self) -> None:
        """Wake the writer once for all waiting submissions, after the loop has read the data received so far."""
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
            self._rung = False  # later submissions wake the writer again; earlier ones are in this batch
            last = self._closing  # no submission follows
            for _ in range(0, max(len(self._waiting), len(self._steps)), BATCH):
                self._busy = self._commit() >= CROWD
            for _ in range(len(self._questions)):
                self._reply(*self._questions.popleft())

    def _commit(self) -> int:
        """Store a batch; return the number of submissions in it."""
        taken = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
        steps = [self._steps.popleft() for _ in range(min(BATCH, len(self._steps)))]
        receipts: Sequence[Receipt] | None = None
        failure: Exception | None = None
        start = time.perf_counter()
        try:
            receipts = self.backend.write([submission for submission, _ in taken], steps)
        except Exception as error:  # noqa: BLE001 - any failure of the store means: nothing is acknowledged
            failure = error
        self._count(len(taken), time.perf_counter() - start, failed=failure is not None)
        self._after(taken, receipts, failure)
        return len(taken)

    def _count(self, submissions: int, seconds: float, *, failed: bool) -> None:
        """Add a commit to the totals as a new value, because the event loop reads them concurrently."""
        done = self.totals
        self.totals = CommitTotals(
            done.commits + 1, done.submissions + submissions, done.seconds + seconds, done.failed + failed
        )

    def _reply(self, question: Callable[[Backend], Any], future: asyncio.Future[Any]) -> None:
        try:
            answer = question(self.backend)
        except Exception as error:  # noqa: BLE001 - raised in the caller's future
            self._call(_set(future, None, _refusal(error)))
        else:
            self._call(_set(future, answer, None))

    def _after(self, taken: Sequence[Waiting], receipts: Sequence[Receipt] | None, error: Exception | None) -> None:
        """Call the replies of a batch with one call into the event loop."""
        if error is not None and self.healthy:
            LOG.error("the inbox cannot be written: %s", type(error).__name__)
        self.healthy = error is None
        refusal = None if receipts is not None else _refusal(error)

        def reply_all() -> None:
            for (_, reply), receipt in zip(taken, receipts or repeat(None)):  # noqa: B905 - repeat has no end
                reply(receipt, refusal)

        if taken:
            self._call(reply_all)

    def _call(self, action: Callable[[], object]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)


def _set(future: asyncio.Future[Answer], answer: Answer | None, error: Exception | None) -> Callable[[], None]:
    """Return an action for the event loop; it ignores a future that was cancelled meanwhile."""

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
