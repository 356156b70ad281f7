"""Segmentation: civic terms stay whole, instances are private, nothing is dropped."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.words.segment import Segmenter, fine
from survey.study.lexicon import Lexicon
from survey.study.settings import JIEBA, RJIEBA
from tests.analysis.text.probes import segmented, spans

SENTENCES = segmented()


def test_civic_terms_stay_whole(lexicon: Lexicon) -> None:
    engine = Segmenter(lexicon.words)
    whole = terms = 0
    for words, marked in SENTENCES:
        found = set(spans(engine.cut("".join(words))))
        wanted = spans(words)
        terms += len(marked)
        whole += sum(wanted[at] in found for at in marked)
    assert sum(bool(marked) for _, marked in SENTENCES) >= 150
    assert whole / terms >= 0.94


@pytest.mark.parametrize("engine", [RJIEBA, JIEBA])
def test_instances_do_not_share_words(engine: str) -> None:
    one, other = Segmenter({"雅苑路口": 0}, engine=engine), Segmenter(engine=engine)
    assert one.cut("雅苑路口很吵") == ["雅苑路口", "很", "吵"]
    assert other.cut("雅苑路口很吵") != ["雅苑路口", "很", "吵"]
    assert one.knows("雅苑路口")
    assert not other.knows("雅苑路口")
    assert not other.knows("雅苑路")


@given(st.text(max_size=40))
def test_nothing_is_dropped(text: str) -> None:
    assert "".join(ENGINE.cut(text)) == text
    assert "".join(fine(ENGINE.cut(text))) == text


ENGINE = Segmenter()


def test_measure_words_are_split_off() -> None:
    assert fine(["一个", "这次", "三无产品", "第三届", "十几", "个"]) == [
        "一",
        "个",
        "这",
        "次",
        "三无产品",
        "第三",
        "届",
        "十几",
        "个",
    ]


def test_words_inside_long_words() -> None:
    assert Segmenter().cut_for_search("中华人民共和国") == ["中华", "华人", "人民", "共和", "共和国", "中华人民共和国"]


@pytest.mark.parametrize("engine", [RJIEBA, JIEBA])
def test_many_texts_at_once(engine: str) -> None:
    segmenter = Segmenter(engine=engine)
    texts = ["", *("".join(words) for words, _ in SENTENCES), "wxid_a1在8-2-301", " 停 车 ", "㐀路", ""]
    words, ends = segmenter.cut_all(texts)
    assert words == [word for text in texts for word in (*segmenter.cut(text), "\n")]
    assert ends.tolist() == list(accumulate(map(len, words)))
    assert segmenter.cut_all([]).words == []
