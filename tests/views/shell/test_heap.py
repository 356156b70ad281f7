"""The collector leaves alone what a page's first run left in memory."""

import gc

import pytest

from views.shell import heap


@pytest.fixture(autouse=True)
def thawed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts with pages that have not run, and ends without frozen objects of its own."""
    monkeypatch.setattr(heap, "_SETTLED", set())


def test_each_page_is_settled_once() -> None:
    heap.settle("总览")
    first = gc.get_freeze_count()
    assert first > 0
    later = [[] for _ in range(500)]
    heap.settle("总览")
    assert gc.get_freeze_count() <= first
    heap.settle("数据质量")
    assert gc.get_freeze_count() >= first + len(later)


def test_garbage_made_later_is_still_collected() -> None:
    heap.settle("总览")

    class Kept:
        pass

    one = Kept()
    one.itself = one  # type: ignore[attr-defined]
    del one
    assert gc.collect() > 0
