"""Counters of the receiver, in the text format that Prometheus reads. No label holds anything personal."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from survey.collect.inbox.inbox import Inbox

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds of the latency histogram, seconds."""


class Metrics:
    """What has happened since the start."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.answers: Counter[int] = Counter()
        self.requests: Counter[int] = Counter()
        self.problems: Counter[str] = Counter()
        self._buckets = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0
        self.batches = self.batched = self.failed = 0
        self.commit_seconds = 0.0

    def answer(self, status: int, seconds: float) -> None:
        """Count one PUT of an answer."""
        self.answers[status] += 1
        self._buckets[bisect_left(BOUNDS, seconds)] += 1
        self._seconds += seconds

    def take(self, inbox: Inbox) -> None:
        """Fold in the commits since the last call."""
        while inbox.batches:
            batch = inbox.batches.popleft()
            self.batches += 1
            self.batched += batch.letters
            self.failed += batch.failed
            self.commit_seconds += batch.seconds

    def text(self, inbox: Inbox) -> str:
        """The page that Prometheus scrapes."""
        self.take(inbox)
        lines = [*_head("silu_answers_total", "counter", "Answers received, by HTTP status")]
        lines += [f'silu_answers_total{{status="{status}"}} {n}' for status, n in sorted(self.answers.items())]
        lines += _head("silu_requests_total", "counter", "All other requests, by HTTP status")
        lines += [f'silu_requests_total{{status="{status}"}} {n}' for status, n in sorted(self.requests.items())]
        lines += _head("silu_refused_total", "counter", "Problems found by validation, by reason")
        lines += [f'silu_refused_total{{reason="{reason}"}} {n}' for reason, n in sorted(self.problems.items())]
        lines += self._histogram()
        for name, kind, value, text in (
            ("silu_inbox_waiting", "gauge", inbox.waiting, "Answers that no commit has taken yet"),
            ("silu_inbox_healthy", "gauge", int(inbox.healthy), "1 when the last commit succeeded"),
            ("silu_commits_total", "counter", self.batches, "Commits of the inbox"),
            ("silu_commits_failed_total", "counter", self.failed, "Commits that failed; nothing was acknowledged"),
            ("silu_committed_answers_total", "counter", self.batched, "Answers in those commits"),
            ("silu_commit_seconds_total", "counter", round(self.commit_seconds, 6), "Time spent in commits"),
        ):
            lines += [*_head(name, kind, text), f"{name} {value}"]
        return "\n".join(lines) + "\n"

    def _histogram(self) -> list[str]:
        name = "silu_answer_seconds"
        lines = _head(name, "histogram", "From the complete request to its response")
        total = 0
        for bound, count in zip((*BOUNDS, "+Inf"), self._buckets, strict=True):
            total += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {total}')
        return [*lines, f"{name}_sum {self._seconds:.6f}", f"{name}_count {total}"]


def _head(name: str, kind: str, text: str) -> list[str]:
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
