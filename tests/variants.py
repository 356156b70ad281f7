"""Variants of a test of which one or a few stand for the others; the others run with the slow tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def slow_but(always: Collection[Any], every: Iterable[Any]) -> list[Any]:
    """Return the arguments of `parametrize`: those named run every time, the others with the slow tests."""
    return [
        one if one in always else pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.slow)
        for one in every
    ]
