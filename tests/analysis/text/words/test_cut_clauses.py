"""Clauses that are cut once give the words of whole texts."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.words import cut_clauses
from analysis.text.words.clauses import SIGNS
from analysis.text.words.cut_clauses import CutClauses
from analysis.text.words.segment import Segmenter
from survey.study.settings import JIEBA, RJIEBA

OWN = {"路灯坏": 0, "二期：北区": 0, "A-1栋": 0, "㙦㙦桥": 0}
PARTS = ("路灯坏了", "没人管", "二期：北区", "8-2-301", "wxid_a1", "㙦㙦桥", "3.14%", "一个", "😀", "“好”", "a", "的")
TEXTS = st.lists(
    st.lists(st.sampled_from([*PARTS, *SIGNS, " ", "\u3000"]), max_size=9).map("".join) | st.text(max_size=12),
    max_size=6,
).map(lambda texts: [" ".join(text.splitlines()) for text in texts])


@cache
def segmenter(engine: str) -> Segmenter:
    return Segmenter(OWN, engine=engine)


def shown(word: str) -> tuple[str, ...]:
    return () if word in SIGNS or word.isspace() else (word, "又") if "路" in word else (word,)


@pytest.mark.parametrize("engine", [JIEBA, RJIEBA])
@settings(max_examples=150)
@given(st.lists(TEXTS, max_size=3))
def test_as_cut_whole(engine: str, blocks: list[list[str]]) -> None:
    words = CutClauses(segmenter(engine).cut_all, shown)
    for texts in blocks:
        found, whole = words(texts), segmenter(engine).cut_all(texts)
        assert set(found.ends.tolist()) | {len("\n".join(texts)) + 1} >= set(whole.ends.tolist())
        assert set(found.ends.tolist()) <= set(whole.ends.tolist())
        one_by_one = [[part for word in segmenter(engine).cut(text) for part in shown(word)] for text in texts]
        assert found.shown.to_pylist() == one_by_one


def test_what_is_kept_is_forgotten_where_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut_clauses, "_KEPT", 3)
    cut = segmenter(JIEBA).cut_all
    asked: list[list[str]] = []
    words = CutClauses(lambda texts: asked.append(list(texts)) or cut(texts), shown)  # type: ignore[func-returns-value]
    for _ in range(3):
        assert words(["路灯坏了，没人管"]).shown.to_pylist() == [["路灯坏", "又", "了", "没人管"]]
    assert asked == [["路灯坏了", "没人管"]]
    words(["一，二，三"])
    words(["路灯坏了"])
    assert asked[1:] == [["一", "二", "三"], ["路灯坏了"]]
