"""Names and frames of the own test of name masking; all are invented."""

from __future__ import annotations

import random
from itertools import product

from tests.analysis.text.probes import lines

PARTS = {kind: words.split() for kind, words in (line.split("\t") for line in lines("people.tsv"))}
"""Surnames (common, rare, compound), given names of one and two characters, names that are ordinary words."""

FRAMES = (
    "{}先生反映停车难",
    "感谢{}主任帮忙修路灯",
    "我是{}，住在东边",
    "我叫{}，电话没人接",
    "{}书记反映过多次",
    "书记{}很负责",
    "经理{}态度差",
    "物业{}经理一直不回复",
    "找到{}老师帮忙",
    "我叫{}住在东街",
    "联系人：{}",
    "社区主任{}说下周解决",
)


def names(size: int = 520, seed: int = 14) -> list[str]:
    """Different full names: words, compound surnames with one and two characters, rare and common surnames."""
    rng = random.Random(seed)
    found = list(PARTS["word"])
    for kind, each in (("compound", 3), ("rare", 2)):
        found += [
            surname + rng.choice(PARTS[rng.choice(["one", "two"])]) for surname in PARTS[kind] for _ in range(each)
        ]
    while len(set(found)) < size:
        found.append(rng.choice(PARTS["common"]) + rng.choice(PARTS["one" if rng.random() < 0.35 else "two"]))
    return sorted(set(found))


def introduced(frames: tuple[str, ...] = FRAMES) -> list[tuple[str, str]]:
    """Every name in every frame: text, name."""
    return [(frame.format(name), name) for name, frame in product(names(), frames)]
