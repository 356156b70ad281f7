"""Rows of the text benchmarks: own probes, public texts beside the repository, one row of a Markdown table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from survey.study.lexicon import load_lexicon

ROOT = Path(__file__).parent.parent
PROBES = ROOT / "tests" / "analysis" / "text" / "data"
SHARED = ROOT.parent / "shared" / "textdata"
LEXICON = load_lexicon()


def row(what: str, reached: str, target: str, baseline: str = "") -> None:
    """Print one line of the table."""
    print(f"| {what} | {reached} | {target} | {baseline} |", flush=True)


def lines(name: str) -> Iterator[str]:
    """Return the lines of one of the own probes, without notes."""
    for line in (PROBES / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def macro_f1(truth: Any, found: Any, classes: Any = None) -> float:
    """Return the mean F1 over the classes, those of the truth where none are given."""
    truth, found = np.asarray(truth), np.asarray(found)
    classes = np.unique(truth) if classes is None else classes
    both = [(np.sum((truth == c) & (found == c)), np.sum(truth == c) + np.sum(found == c)) for c in classes]
    return float(np.mean([2 * hit / max(size, 1) for hit, size in both]))
