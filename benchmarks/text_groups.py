"""Differences between groups, and copies: keyness without true differences, planted themes, altered copies."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse, special

from analysis.estimation.multiplicity import benjamini_hochberg
from analysis.text.answers import attach, digests
from analysis.text.coding import distinct
from analysis.text.duplicates import find_copies
from analysis.text.keyness import keyness
from analysis.text.mentioned import Mentions
from analysis.text.reader import read_texts
from analysis.text.shares import mentions_by, presence
from analysis.text.themes.codebook import parse_codebook
from benchmarks.text_rows import LEXICON, SHARED, row
from survey.mock import MockSpec, draw
from survey.mock.drawing import MockCity
from survey.mock.wave.phrases import theme_shares

# theme of the mock city -> theme of the codebook; several may map to one.
OURS = {
    "vending": "stalls", "service": "window", "charging": "corridor", "posters": "ads", "greening": "green",
    "sewage": "drainage", "renovation": "oldestate", "leisure": "green",
}  # fmt: skip
CITIES, HALVES, RATE = range(21, 29), 20, 0.10


def random_halves() -> None:
    """Compare words of real complaints between random groups, where nothing differs."""
    table = pd.read_csv(SHARED / "complaints_tokens_labelled.csv.gz").head(4300)
    texts = [sorted(set(text.split())) for text in table["tok"].astype(str)]
    frequent = pd.Series([word for text in texts for word in text]).value_counts()
    place = {word: at for at, word in enumerate(sorted(frequent[frequent >= 20].index))}
    pairs = [(at, place[word]) for at, text in enumerate(texts) for word in text if word in place]
    rows, columns = zip(*pairs, strict=True)
    present = sparse.csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(len(texts), len(place)))
    similar = np.empty(len(texts), dtype=np.int64)
    similar[np.argsort(table["label"].to_numpy(), kind="stable")] = np.arange(len(texts)) // 26
    rng = np.random.default_rng(5)
    for name, psu in (("respondents", np.arange(len(texts))), ("clusters of 26 like messages", similar)):
        five, thousandth = [], []
        for _ in range(HALVES):
            units = np.unique(psu)
            group = np.isin(psu, rng.permutation(units)[: len(units) // 2])
            keys = pd.DataFrame({"psu": psu, "group": group})
            p_value = keyness(Mentions(present, tuple(place), keys, np.ones(len(texts))), "group")["p_value"]
            five.append((p_value < 0.05).mean())
            thousandth.append((p_value < 0.001).mean())
        row(
            f"keyness, random halves by {name}, {len(place):,} words",
            f"{np.mean(five):.1%} / {np.mean(thousandth):.2%}",
            "≤ 6 % / ≤ .2 %",
            "token z 16–22 % / 3–5 % (text.md)",
        )


def copies() -> None:
    """Find 300 altered copies hidden among 2,500 beginnings of real messages."""
    table = pd.read_csv(SHARED / "complaints_tokens_labelled.csv.gz")
    rng = random.Random(5)
    base = list(dict.fromkeys("".join(text.split()[: rng.randint(3, 14)]) for text in table["tok"].astype(str)))
    base = [text for text in base if 8 <= len(text) <= 40][:2500]
    letters = sorted(set("".join(base)))
    wraps = ("领导您好，{}", "{}，谢谢", "{}，请解决", "希望{}", "{}，望尽快处理", "建议{}")

    def altered(text: str) -> str:
        changed = list(text)
        for _ in range(max(1, round(0.04 * len(text))) if rng.random() < 0.7 else 0):
            at = rng.randrange(len(changed))
            changed[at] = rng.choice([rng.choice(letters), "", changed[at] + rng.choice(letters)])
        text = "".join(changed)
        at = rng.randrange(len(text))
        text = text[:at] + "，" + text[at:] if rng.random() < 0.5 else text
        return rng.choice(wraps).format(text) if rng.random() < 0.4 else text

    chosen = rng.sample(range(len(base)), 300)
    start = time.process_time()
    found = find_copies([*base, *(altered(base[at]) for at in chosen)])
    seconds = time.process_time() - start
    recall = np.mean([found.group[at] == found.group[2500 + place] >= 0 for place, at in enumerate(chosen)])
    before = find_copies(base).size.sum()
    row(
        "copy-paste, 300 altered copies of 8–40 characters in 2,500",
        f"recall {recall:.3f}, {seconds:.1f} CPU s",
        "≥ .97",
        "datasketch .70, simhash .44 (text.md)",
    )
    row("… called copies before any was planted", f"{before} of 2,500", "", "true repeats among them")


def _by_district(city: MockCity, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return the themes that districts of a mock city mention unlike the others; normal: called without t."""
    texts = city.texts()
    texts = texts.filter(pc.equal(texts["item"], "H1"))
    answers = coded(attach(texts, read_texts(texts["text"].to_pylist(), LEXICON)), texts["text"].to_pylist())
    mentions = mentions_by(
        presence(answers, "themes", labels=labels), city.responses(), city.city.areas, city.questionnaire
    )
    table = keyness(mentions, "district")
    return table.assign(normal=benjamini_hochberg(2 * special.ndtr(-np.abs(table["z"].to_numpy()))) <= RATE)


def coded(answers: pa.Table, raws: list[str]) -> pa.Table:
    """Return the answers with their themes as the application codes them, without codes by people."""
    codes = parse_codebook(LEXICON.themes).codes
    names = digests(raw or "" for raw in raws)
    different = distinct(answers, names, codes)
    place = np.searchsorted(different.digests, names)
    themes = different.code(different.model(), {}).themes(codes).take(pa.array(place))
    return answers.set_column(answers.schema.get_field_index("themes"), "themes", themes)


def planted(labels: Mapping[str, str]) -> None:
    """Find themes planted in districts; a call is false where the true share is not higher than elsewhere."""
    counts = {"distinct": np.zeros(4, dtype=int), "normal": np.zeros(4, dtype=int)}
    for seed in CITIES:
        city = draw(MockSpec(seed=seed, waves=1, faults=False, responses=6000))
        table, higher = _by_district(city, labels), _higher(city)
        truth = {
            (str(one.district), OURS.get(str(one.theme), str(one.theme))) for one in city.truth.themes.itertuples()
        }
        for name, count in counts.items():
            calls = table[table[name] & (table["z"] > 0)]
            pairs = {(str(one.district), str(one.term)) for one in calls.itertuples()}
            known = {pair for pair in pairs if pair[1] in {name for _, name in higher}}
            count += [len(pairs & truth), len(truth), len(known - higher), len(known)]
    said = [
        f"{found} of {wanted} found; {false} of {called} calls false ({false / max(called, 1):.0%})"
        for found, wanted, false, called in counts.values()
    ]
    what = f"planted district themes, {len(CITIES)} mock cities of 6,000"
    row(what, said[0], "FDR ≤ 10 %", f"normal instead of t: {said[1]}")


def nothing_planted(labels: Mapping[str, str]) -> None:
    """Count calls in all cells of cities whose districts differ only by chance and kinds of place."""
    cells = calls = normal = 0
    for seed in CITIES:
        city = draw(MockSpec(seed=seed, waves=1, faults=False, responses=6000, differences=False))
        table = _by_district(city, labels)
        cells, calls = cells + len(table), calls + int(table["distinct"].sum())
        normal += int(table["normal"].sum())
    row(
        f"… calls where nothing is planted, {len(CITIES)} cities",
        f"{calls} of {cells:,} cells",
        "",
        f"normal instead of t: {normal}",
    )


def _higher(city: Any) -> set[tuple[str, str]]:
    """Return district x theme pairs whose true share exceeds that of the rest, over sampled communities."""
    from survey.mock.wave.phrases import theme_codes

    shares = theme_shares(city.city, city.truth.themes)
    ours = [OURS.get(code, code) for code in theme_codes()]
    above = set()
    for at, name in enumerate(city.city.districts):
        inside = city.city.district == at
        for theme in set(ours):
            columns = [place for place, code in enumerate(ours) if code == theme]
            share = shares[:, columns].sum(axis=1)
            if share[inside].mean() > share[~inside].mean():
                above.add((name, theme))
    return above
