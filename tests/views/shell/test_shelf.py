"""A shelf makes each value once, keeps the last used ones, and nothing of a failure."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pandas as pd
import pytest

from views.shell.shelf import Shelf, arguments


def test_a_value_is_made_once_for_its_key() -> None:
    shelf, made = Shelf(4), []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [shelf.get(key, make) for key in ("a", "a", "b", "a")] == [1, 1, 2, 1]


def test_visitors_who_ask_together_share_one_value() -> None:
    shelf, start, made = Shelf(4), Barrier(8), []

    def ask(_: int) -> object:
        start.wait()
        return shelf.get("key", lambda: made.append(1) or object())

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(8)))
    assert (len(found), len(made)) == (1, 1)


def test_the_value_used_longest_ago_makes_way() -> None:
    shelf = Shelf(2)
    for key in ("a", "b", "a", "c"):
        shelf.get(key, lambda key=key: key)
    assert shelf.get("a", lambda: "anew") == "a"
    assert shelf.get("b", lambda: "anew") == "anew"


def test_a_failure_is_tried_again_and_values_may_need_others() -> None:
    shelf = Shelf(4)
    with pytest.raises(ZeroDivisionError):
        shelf.get("a", lambda: 1 // 0)
    assert shelf.get("a", lambda: shelf.get("b", lambda: 2) + 1) == 3


def test_arguments_count_by_their_content() -> None:
    assert arguments((1, [2, {"b": 3, "a": float("nan")}]), {"x": 1}) == arguments(
        (1, (2, {"a": float("nan"), "b": 3})), {"x": 1}
    )
    assert arguments((1,), {}) != arguments((2,), {})
    assert arguments((), {"x": 1}) != arguments((), {"y": 1})
    with pytest.raises(TypeError):
        arguments((pd.DataFrame(),), {})
