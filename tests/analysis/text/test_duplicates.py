"""Copied answers: altered copies are found, the prefix filter loses no pair, short answers are never copies."""

import random
import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text import copy_pairs, duplicates
from analysis.text.copy_rule import CONTAINED, JACCARD
from analysis.text.duplicates import (
    CHAIN,
    copies_of,
    find_copies,
    grouped,
    meetings_of,
    pairs_of,
    plain_texts,
)
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
@given(
    st.lists(st.text(st.sampled_from("路灯不亮停车难吵"), min_size=7, max_size=14), min_size=2, max_size=8),
    st.booleans(),
)
def test_the_filter_loses_no_pair(texts: list[str], few: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duplicates, "_FEW", len(texts) if few else 0)
        copies = find_copies(texts)
    for at, one in enumerate(texts):
        for place in range(at):
            small, large = sorted((_pieces(one), _pieces(texts[place])), key=len)
            shared = len(small & large)
            if shared >= JACCARD * len(small | large) or shared >= CONTAINED * len(small):
                assert copies.group[at] == copies.group[place] >= 0


@given(st.lists(st.text()))
def test_texts_are_made_plain_one_by_one_or_together(texts: list[str]) -> None:
    assert plain_texts(texts) == [re.sub(r"[\W_]+", "", text) for text in texts]


@pytest.mark.parametrize("few", [1, 40, 10**9])
def test_pairs_equal_a_comparison_of_every_pair(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy_pairs, "_FEW", few)  # all in blocks, some, none
    monkeypatch.setattr(copy_pairs, "_CELLS", 100)
    monkeypatch.setattr(copy_pairs, "_BLOCK", 500)
    monkeypatch.setattr(copy_pairs, "_HELD", 2_000)
    monkeypatch.setattr(copy_pairs, "_CHUNK", 300)

    rng = random.Random(3)
    clauses = ["".join(words) for words, _ in segmented()]
    made = ["".join(rng.choices(clauses[:60], k=rng.choice((1, 1, 2, 3)))) for _ in range(100)]
    texts = list(dict.fromkeys(_altered(rng.choice(made), rng) for _ in range(700)))
    texts = [text for text in texts if 7 <= len(text) < 60]
    pieces = [_pieces(text) for text in texts]
    expected = set()
    for at, one in enumerate(pieces):
        for place in range(at):
            small, shared = min(len(one), len(pieces[place])), len(one & pieces[place])
            share = 0.79 if small <= 27 else CONTAINED
            if shared >= JACCARD * (len(one) + len(pieces[place]) - shared) or shared >= share * small:
                expected.add((place, at))
    left, right = pairs_of(texts)
    found = {(min(pair), max(pair)) for pair in zip(left.tolist(), right.tolist(), strict=True)}
    assert found == expected
    assert len(expected) > 500
    sizes = [sorted((len(pieces[one]), len(pieces[other]))) for one, other in expected]
    assert sum(large > 1.3 * small for small, large in sizes) > 50, "many are contained in a much longer one"


@pytest.mark.parametrize("few", [1, 10**9])
def test_texts_with_full_signatures_are_found(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy_pairs, "_FEW", few)
    monkeypatch.setattr(duplicates, "_FEW", 0)
    rng = random.Random(5)
    texts = ["".join(chr(0x4E00 + rng.randrange(8_000)) for _ in range(4_000)) for _ in range(3)]
    texts += [texts[0][:3_900], texts[1] + texts[2][:300], texts[2][2_000:]]
    left, right = pairs_of(texts)
    assert {tuple(sorted(pair)) for pair in zip(left.tolist(), right.tolist(), strict=True)} == {(0, 3), (1, 4), (2, 5)}


@pytest.mark.parametrize("seed", range(5))
def test_few_texts_have_the_pairs_of_many(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)
    clauses = ["".join(words) for words, _ in segmented()][:9]
    made = ["".join(rng.choices(clauses, k=rng.choice((1, 1, 2, 9)))) for _ in range(12)]
    texts = list(dict.fromkeys(_altered(rng.choice(made), rng) for _ in range(duplicates._FEW)))
    found = set(map(tuple, pairs_of(texts).T.tolist()))
    monkeypatch.setattr(duplicates, "_FEW", 0)
    assert found == {tuple(sorted(pair)) for pair in pairs_of(texts).T.tolist()}
    assert len(found) > 10


def _groups_of_all_pairs(texts: list[str], at: list[int], chain: int) -> list[int]:
    """Return the groups of answers, whose texts are numbered in their order, from all pairs of copies."""
    size, near = Counter(at), {one: set[int]() for one in range(len(texts))}
    for one, other in pairs_of(texts).T.tolist():
        near[one].add(other)
        near[other].add(one)
    group, chained = dict[int, int](), list[int]()
    for one in range(len(texts)):
        if one not in group:
            found, waiting = {one}, [one]
            while waiting:
                waiting += (more := near[waiting.pop()] - found)
                found |= more
            group |= dict.fromkeys(found, one)
            chained += found if len(found) > chain else ()
    taken = set[int]()
    for one in sorted(chained, key=lambda one: (-size[one], -len(near[one]), one)):
        if one not in taken:
            star = (near[one] | {one}) - taken
            taken |= star
            group |= dict.fromkeys(star, len(texts) + len(taken))
    answers = Counter(group[one] for one in at)
    single = [answers[group[one]] < 2 or len(texts[one]) < 7 for one in at]
    return [-1 if alone else group[one] for one, alone in zip(at, single, strict=True)]


@pytest.mark.parametrize("seed", range(4))
def test_groups_are_those_of_all_pairs(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = (2, 5, 20, 10**6)[seed]
    monkeypatch.setattr(duplicates, "CHAIN", chain)
    monkeypatch.setattr(duplicates, "_TOGETHER", 10)
    rng = random.Random(seed)
    clauses = ["".join(words) for words, _ in segmented()][:40]
    made = ["".join(rng.choices(clauses, k=rng.choice((1, 2, 2, 7)))) for _ in range(150)]
    texts = list(dict.fromkeys(_altered(rng.choice(made), rng) for _ in range(400)))
    meetings = meetings_of(texts)
    for part in (texts[::3], texts, texts[100:200]):  # what one has asked is there for the next
        said = np.array([texts.index(text) for text in part])
        order = rng.choices(range(len(said)), [rng.random() ** 4 for _ in said], k=900)
        place: dict[int, int] = {}
        at = [place.setdefault(one, len(place)) for one in order]
        mine = said[list(place)]
        found = copies_of(np.array(at), mine, meetings).group.tolist()
        expected = _groups_of_all_pairs([texts[one] for one in mine], at, chain)
        assert found == grouped(np.array(expected)).group.tolist()
        assert max(found) > 10
    every = {tuple(sorted(pair)) for pair in pairs_of(texts).T.tolist()}
    assert {tuple(sorted(pair)) for pair in meetings.pairs.T.tolist()} == {
        (one, other) for one, other in every if meetings.met[one] or meetings.met[other]
    }
    assert not meetings.met.all() or chain > 20


def _chain(length: int) -> list[str]:
    """Make texts of 16 characters, each shifted by one character from the one before."""
    letters = [chr(0x4E00 + at) for at in range(length + 15)]
    return ["".join(letters[at : at + 16]) for at in range(length)]


def test_a_short_chain_is_one_group() -> None:
    assert find_copies(_chain(CHAIN)).size.tolist() == [CHAIN]


def test_a_long_chain_is_no_group() -> None:
    texts = _chain(4 * CHAIN)
    copies = find_copies([*texts, texts[200], texts[200]])
    assert copies.size.max() < 12, "only texts that are copies themselves"
    assert set(copies.group[199:202]) == {copies.group[200]}
    assert copies.group[200] == copies.group[400] == copies.group[401] >= 0
    centre = np.flatnonzero(copies.group[:400] == copies.group[200])
    assert centre.min() < 200 < centre.max(), "the most frequent text is the centre"


@pytest.mark.parametrize("few", [1, 10**9])
@pytest.mark.parametrize("seed", range(5))
def test_a_search_for_a_few_texts_finds_their_pairs(seed: int, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy_pairs, "_FEW", few)
    rng, clauses = random.Random(seed), ["".join(words) for words, _ in segmented()][:60]
    texts = list(
        dict.fromkeys(_altered("".join(rng.choices(clauses, k=rng.choice((1, 2, 9)))), rng) for _ in range(400))
    )
    for _, pieces in meetings_of(texts).sides:
        among = np.array([rng.random() < 0.8 for _ in range(len(pieces))])
        asked = among & np.array([rng.random() < 0.05 for _ in range(len(pieces))])
        every, own = (copy_pairs.Search.of(pieces, among, some) for some in (None, asked))
        assert (own.pairs(asked, among) == every.pairs(asked, among)).all()
        assert own.pairs(asked, among).shape == every.pairs(asked, among).shape
