"""Segmentation: civic terms stay whole, instances are private, and the fast engine agrees with jieba."""

import io
import warnings
from contextlib import redirect_stderr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.words.segment import PresegmentedText, RustSegmenter, SearchSegmenter, Segmenter, fine
from survey.study.lexicon import Lexicon
from tests.analysis.text.probes import DATA, segmented, spans

SENTENCES = segmented()
# Every own sentence of every probe: Chinese only, no run of ASCII letters or digits, which the engines cut differently.
CORPUS = [
    "".join(letter for letter in line if "\u4e00" <= letter <= "\u9fff" or letter in "，。！")
    for name in ("segment.txt", "negation.tsv", "privacy.tsv")
    for line in (DATA / name).read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def jieba():  # type: ignore[no-untyped-def]
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        import jieba as reference

        tokenizer = reference.Tokenizer()
        tokenizer.initialize()
    return tokenizer


@pytest.mark.parametrize("hmm", [False, True])
def test_agrees_with_jieba_word_for_word(jieba, hmm: bool) -> None:  # type: ignore[no-untyped-def]
    engine = RustSegmenter(hmm=hmm)
    paragraphs = ["".join(CORPUS[at : at + 40]) for at in range(0, len(CORPUS), 7)]
    assert sum(map(len, paragraphs)) > 20_000
    for text in paragraphs:
        assert engine.cut(text) == list(jieba.cut(text, HMM=hmm))


def test_agrees_on_ascii_without_guessing(jieba) -> None:  # type: ignore[no-untyped-def]
    engine = RustSegmenter(hmm=False)
    for text in ("打12345没人理，PM2.5太高", "5G信号 2024-11-22 A1区", "wifi连不上abc123"):
        assert engine.cut(text) == list(jieba.cut(text, HMM=False))


def test_civic_terms_stay_whole(lexicon: Lexicon) -> None:
    engine = RustSegmenter(lexicon.words)
    whole = terms = 0
    for words, marked in SENTENCES:
        found = set(spans(engine.cut("".join(words))))
        wanted = spans(words)
        terms += len(marked)
        whole += sum(wanted[at] in found for at in marked)
    assert sum(bool(marked) for _, marked in SENTENCES) >= 150
    assert whole / terms >= 0.94


def test_instances_do_not_share_words() -> None:
    one, other = RustSegmenter({"汀兰雅苑": 0}, hmm=False), RustSegmenter(hmm=False)
    assert one.cut("汀兰雅苑很吵") == ["汀兰雅苑", "很", "吵"]
    assert other.cut("汀兰雅苑很吵") != ["汀兰雅苑", "很", "吵"]


@given(st.text(max_size=40))
def test_nothing_is_dropped(text: str) -> None:
    assert "".join(ENGINE.cut(text)) == text
    assert "".join(fine(ENGINE.cut(text))) == text


ENGINE = RustSegmenter()


def test_measure_words_are_parted() -> None:
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


def test_search_words_and_given_words() -> None:
    engines: list[Segmenter] = [SearchSegmenter(), PresegmentedText()]
    assert {"中华", "中华人民共和国"} <= set(engines[0].cut("中华人民共和国"))
    assert engines[1].cut("路灯 不亮") == ["路灯", "不亮"]
