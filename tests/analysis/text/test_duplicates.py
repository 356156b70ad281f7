"""Copy-paste: altered copies come back, the prefix filter loses no pair, short answers are no copies."""

import random
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.duplicates import CONTAINED, JACCARD, find_copies
from tests.analysis.text.probes import segmented

WRAPS = ("领导您好，{}", "{}，谢谢", "{}，望尽快处理", "希望{}", "{}")


def _altered(text: str, rng: random.Random) -> str:
    letters = list(text)
    at = rng.randrange(len(letters))
    letters[at] = rng.choice(["", letters[at] + "的", "很"])
    return rng.choice(WRAPS).format("".join(letters))


def test_altered_copies_are_found() -> None:
    rng = random.Random(11)
    clauses = ["".join(words) for words, _ in segmented()]
    base = list(dict.fromkeys(f"{one}{other}" for one, other in pairwise(clauses)))
    base = [text for text in base if 8 <= len(text) <= 40]
    chosen = rng.sample(range(len(base)), 60)
    copies = find_copies(base + [_altered(base[at], rng) for at in chosen])
    pairs = [(copies.group[at], copies.group[len(base) + place]) for place, at in enumerate(chosen)]
    assert np.mean([one == other >= 0 for one, other in pairs]) >= 0.95


def test_first_of_each_group_counts_once() -> None:
    copies = find_copies(["停车位太少没人管理", "路灯", "停车位太少，没人管理！", "路灯", "广场舞音响太吵人"])
    assert copies.group.tolist() == [0, -1, 0, -1, -1]
    assert copies.first.tolist() == [True, True, False, True, True]
    assert copies.size.tolist() == [2]
    assert find_copies([]).group.tolist() == []


def _pieces(text: str) -> set[str]:
    return set(text) | {text[at : at + 2] for at in range(len(text) - 1)}


@settings(max_examples=60)
@given(st.lists(st.text(st.sampled_from("路灯不亮停车难吵"), min_size=7, max_size=14), min_size=2, max_size=8))
def test_the_filter_loses_no_pair(texts: list[str]) -> None:
    copies = find_copies(texts)
    for at, one in enumerate(texts):
        for place in range(at):
            small, large = sorted((_pieces(one), _pieces(texts[place])), key=len)
            shared = len(small & large)
            if shared >= JACCARD * len(small | large) or shared >= CONTAINED * len(small):
                assert copies.group[at] == copies.group[place] >= 0
