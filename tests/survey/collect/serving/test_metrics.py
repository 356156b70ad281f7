"""/metrics: names and values as documented, in the format that Prometheus reads, and nothing shared through files."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from survey.collect.inbox.inbox import CommitTotals
from survey.collect.serving.metrics import BOUNDS, CONTENT_TYPE, Metrics

ROOT = Path(__file__).parents[4]
NAMES = {
    "silu_answers_total": "counter",
    "silu_requests_total": "counter",
    "silu_refused_total": "counter",
    "silu_answer_seconds": "histogram",
    "silu_inbox_waiting": "gauge",
    "silu_inbox_healthy": "gauge",
    "silu_commits_total": "counter",
    "silu_commits_failed_total": "counter",
    "silu_committed_answers_total": "counter",
    "silu_commit_seconds_total": "counter",
}


def inbox(totals: CommitTotals | None = None) -> Any:
    return SimpleNamespace(totals=totals or CommitTotals(), waiting=7, healthy=True)


def counted() -> Metrics:
    metrics = Metrics()
    for status, seconds in ((201, 0.004), (201, 0.005), (201, 0.0051), (422, 3.0)):
        metrics.answer(status, seconds)
    metrics.requests[200] += 2
    metrics.problems.update(["required", "required", "range"])
    return metrics


def values(page: bytes) -> dict[str, float]:
    """Sample with its labels -> value."""
    samples = [one for family in text_string_to_metric_families(page.decode()) for one in family.samples]
    return {
        "".join([one.name, *(f" {name}={value}" for name, value in one.labels.items())]): one.value for one in samples
    }


def test_names_and_types_are_those_of_the_documentation() -> None:
    page = counted().text(inbox()).decode()
    assert dict(re.findall(r"^# TYPE (\S+) (\S+)$", page, re.MULTILINE)) == NAMES
    assert page.count("# HELP") == len(NAMES)
    documented = (ROOT / "docs" / "collect.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(silu_\w+)`", documented, re.MULTILINE)) == set(NAMES)
    assert CONTENT_TYPE == "text/plain; version=0.0.4; charset=utf-8"


def test_values() -> None:
    metrics = counted()
    found = values(metrics.text(inbox(CommitTotals(2, 67, 0.75, 1))))
    assert found["silu_answers_total status=201"] == 3
    assert found["silu_answers_total status=422"] == 1
    assert found["silu_requests_total status=200"] == 2
    assert found["silu_refused_total reason=required"] == 2
    assert found["silu_inbox_waiting"] == 7
    assert found["silu_inbox_healthy"] == 1
    assert found["silu_commits_total"] == 2
    assert found["silu_committed_answers_total"] == 67
    assert found["silu_commits_failed_total"] == 1
    assert found["silu_commit_seconds_total"] == 0.75


def test_the_histogram_counts_a_bound_as_below_it_and_adds_up() -> None:
    found = values(counted().text(inbox()))
    buckets = [found[f"silu_answer_seconds_bucket le={bound}"] for bound in (*BOUNDS, "+Inf")]
    assert buckets == [2, *[3] * (len(BOUNDS) - 1), 4]
    assert found["silu_answer_seconds_count"] == 4
    assert found["silu_answer_seconds_sum"] == 3.0141


def test_nothing_is_shared_through_files(tmp_path: Path) -> None:
    """prometheus-client would keep every count in a file where this variable is set, at the cost of every answer."""
    code = (
        "from survey.collect.inbox.inbox import CommitTotals; from survey.collect.serving.metrics import Metrics\n"
        "from types import SimpleNamespace as Space; made = Metrics(); made.answer(201, .1)\n"
        "assert b'201' in made.text(Space(totals=CommitTotals(), waiting=0, healthy=True))"
    )
    surroundings = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=surroundings, check=True)
    assert list(tmp_path.iterdir()) == []
