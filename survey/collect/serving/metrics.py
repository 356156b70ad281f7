"""Metrics of the receiver for Prometheus, without personal data in labels.

The receiver is one process, so the counts are plain numbers of its event loop, without locks or shared files;
prometheus-client formats them on request.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from survey.collect.inbox.inbox import Inbox

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds of the latency histogram, seconds."""


class Metrics:
    """Counts since the start of the process."""

    def __init__(self) -> None:
        """Start every count at zero."""
        self.answers: Counter[int] = Counter()
        self.requests: Counter[int] = Counter()
        self.problems: Counter[str] = Counter()
        self._buckets = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def answer(self, status: int, seconds: float) -> None:
        """Count one PUT of a submission."""
        self.answers[status] += 1
        self._buckets[bisect_left(BOUNDS, seconds)] += 1
        self._seconds += seconds

    def text(self, inbox: Inbox) -> bytes:
        """Return the page that Prometheus scrapes, text format 0.0.4 (`CONTENT_TYPE`)."""
        return generate_latest(_Page(self, inbox))

    def families(self) -> Iterator[Metric]:
        """Yield the metrics of requests."""
        yield _labelled("silu_answers", "Answers received, by HTTP status", "status", self.answers)
        yield _labelled("silu_requests", "All other requests, by HTTP status", "status", self.requests)
        yield _labelled("silu_refused", "Problems found by validation, by reason", "reason", self.problems)
        bounds = (*map(str, BOUNDS), "+Inf")
        buckets = list(zip(bounds, map(float, accumulate(self._buckets)), strict=True))
        text = "From the complete request to its response"
        yield HistogramMetricFamily("silu_answer_seconds", text, buckets, self._seconds)


class _Page(Collector):
    """Current metrics of one receiver."""

    def __init__(self, metrics: Metrics, inbox: Inbox) -> None:
        self._metrics, self._inbox = metrics, inbox

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        yield from self._metrics.families()
        text = "Answers that no commit has taken yet"
        yield GaugeMetricFamily("silu_inbox_waiting", text, self._inbox.waiting)
        yield GaugeMetricFamily("silu_inbox_healthy", "1 when the last commit succeeded", int(self._inbox.healthy))
        done = self._inbox.totals
        yield CounterMetricFamily("silu_commits", "Commits of the inbox", done.commits)
        text = "Commits that failed; nothing was acknowledged"
        yield CounterMetricFamily("silu_commits_failed", text, done.failed)
        yield CounterMetricFamily("silu_committed_answers", "Answers in those commits", done.submissions)
        yield CounterMetricFamily("silu_commit_seconds", "Time spent in commits", done.seconds)


def _labelled(name: str, text: str, label: str, counts: Counter[Any]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=(label,))
    for value, count in sorted(counts.items()):
        family.add_metric((str(value),), count)
    return family
