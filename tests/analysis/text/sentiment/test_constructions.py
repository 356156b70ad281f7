"""Grammar rewritten plainly: double negations, contrasts, conjunctions, phrases without content; others unchanged."""

import pytest

from analysis.text.sentiment.constructions import neither, plain
from tests.analysis.text.probes import every_sentence


@pytest.mark.parametrize(
    ("text", "put"),
    [
        ("这条路没有一天不堵", "这条路都堵"),
        ("谁不说好", "都说好"),
        ("不是没有桶，而是没人收", "没人收"),
        ("不管什么时候去都有人", "无论去都有人"),
        ("没有比这更差的了", "最差的了"),
        ("要说便民，实在谈不上", "谈不上便民"),
        ("没有别的意见", ""),
        ("哪有人管噪音", "没人管噪音"),
        ("路灯坏了，没有人管", "路灯坏了，没有人管"),
        ("街面干净", "街面干净"),
        ("", ""),
    ],
)
def test_constructions(text: str, put: str) -> None:
    assert plain([text]) == [put]


def test_a_pair_cancels_only_when_its_words_are_opposed() -> None:
    values = {"好": 1.0, "坏": -1.0, "脏": -1.0}
    assert neither("不好也不坏", values) == ""
    assert neither("不坏也不脏", values) == "不坏也不脏"


def test_many_texts_at_once() -> None:
    texts = every_sentence()
    assert plain(texts) == [plain([text])[0] for text in texts]
    assert plain(texts) != texts
