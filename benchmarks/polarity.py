"""Make the weights of `analysis/text/sentiment/learned.txt` again, and measure the model by cross-validation.

    python -m benchmarks.polarity            # five folds: the rules alone and with the model
    python -m benchmarks.polarity --write    # write the weights from all sentences

All sentences are our own: `benchmarks/data/sentences.tsv` and those under `tests/analysis/text/data` that the rules
were corrected by. The hold-outs `irony_fresh.tsv` and every second line of `irony.tsv` never take part.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from analysis.text.sentiment.learned import LONGEST, RULES, SCALE, Model, refine, seen
from analysis.text.sentiment.pieces import Weights, pieces
from analysis.text.sentiment.polarity import Polarity, PolarityRules
from analysis.text.words.normalise import Normaliser
from benchmarks.text_rows import LEXICON, SHARED, lines

SIGNS = {"+": 1, "-": -1, "0": 0}
OWN = Path(__file__).parent / "data" / "sentences.tsv"
CORRECTED = ("irony_practice", "negation", "second", "third", "fourth", "holdout", "practice", "unseen")
"""Files of sentences that the rules were corrected by, beside the first half of `irony.tsv`."""
READ = ("irony_last", "fresh", "final")
"""Former hold-outs, read by now."""
SUBJECTS = tuple((OWN.parent / "subjects.txt").read_text(encoding="utf-8").split())
WISHES = tuple(line.split() for line in (OWN.parent / "wishes.txt").read_text(encoding="utf-8").splitlines())
"""Openings, what is wished, endings."""
DEGREES = ("", "很", "太", "真", "比较")
PLAIN, WISHED = 700, 400
"""Composed sentences: of a subject, a degree and a word of opinion; of an opening, a wish and an ending."""
COST, FOLDS, LEAST = 20.0, 5, 2
"""Inverse of the penalty; folds of the cross-validation; sentences that a piece must occur in."""


class Sentence(NamedTuple):
    """A normalised sentence, its label, what the rules say, and the set it comes from."""

    text: str
    label: int
    found: Polarity
    source: str


def sentences() -> list[Sentence]:
    """Return all sentences that may be learnt from."""
    rules, normalise = PolarityRules(LEXICON), Normaliser()

    def judged(rows: Sequence[str], source: str) -> list[Sentence]:
        pairs = [row.split("\t")[:2] for row in rows if row[:1] in SIGNS]
        texts = [(normalise(text).text.lower(), SIGNS[label]) for label, text in pairs]
        return [Sentence(text, label, rules(text), source) for text, label in texts]

    own = OWN.read_text(encoding="utf-8").splitlines()
    known = judged(own, "own") + judged([*lines("irony.tsv")][0::2], "corrected")
    for names, source in ((CORRECTED, "corrected"), (READ, "read")):
        for name in names:
            known += judged([*lines(f"{name}.tsv")], source)
    held = {normalise(row.split("\t")[1]).text.lower() for row in hold_outs()}
    return [one for one in known if one.text not in held]


def hold_outs() -> list[str]:
    """Return the lines that no weight may be made from."""
    return [*[*lines("irony.tsv")][1::2], *lines("irony_fresh.tsv")]


def plain() -> list[Sentence]:
    """Return composed sentences: plain opinions, from which the model learns to trust the rules, and wishes."""
    rules, normalise, rng = PolarityRules(LEXICON), Normaliser(), np.random.default_rng(3)
    lists = {1: LEXICON.positive, -1: LEXICON.negative}
    words = {label: [word for word, value in found.items() if value >= 1 < len(word)] for label, found in lists.items()}
    composed: list[Sentence] = []
    for label in rng.choice((-1, 1), PLAIN):
        parts = ["".join(map(rng.choice, (SUBJECTS, DEGREES, words[label]))) for _ in range(rng.integers(1, 3))]
        text = normalise("，".join(parts)).text.lower()
        composed.append(Sentence(text, int(label), rules(text), "plain"))
    for _ in range(WISHED):
        opening, wish, ending = map(rng.choice, WISHES)
        text = normalise(f"{opening}{wish}，{ending}" if rng.random() < 0.5 else f"{opening}{wish}").text.lower()
        composed.append(Sentence(text, 0, rules(text), "plain"))
    return composed


def learn(known: Sequence[Sentence]) -> Weights:
    """Return the weights learnt from sentences: multinomial logistic regression, classes balanced."""
    counts = Counter(piece for one in known for piece in set(pieces(one.text)))
    names = sorted(piece for piece, number in counts.items() if number >= LEAST)
    place = {name: at for at, name in enumerate(names)}
    rows = [sorted(place[piece] for piece in pieces(one.text) if piece in place) for one in known]
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(max(len(row), 1))) for row in rows])
    starts = np.cumsum([0, *map(len, rows)])
    table = sparse.csr_matrix((values, np.concatenate(rows), starts), shape=(len(known), len(names)))
    both = sparse.hstack([table, sparse.csr_matrix(seen([one.found for one in known]))]).tocsr()
    model = LogisticRegression(C=COST, max_iter=5000, tol=1e-3, class_weight="balanced")
    model.fit(both, [one.label for one in known])
    against = np.vstack([model.coef_[0] - model.coef_[1], model.coef_[2] - model.coef_[1]]).T
    constants = (model.intercept_[0] - model.intercept_[1], model.intercept_[2] - model.intercept_[1])
    pairs = [constants, *against.tolist()]
    return {name: complex(*pair) for name, pair in zip(["", *names, *RULES], pairs, strict=True)}


def as_text(table: Weights) -> str:
    """Return the weights as lines of name, complaint and praise; pieces without weight are left out."""
    whole = {name: (round(SCALE * pair.real), round(SCALE * pair.imag)) for name, pair in table.items()}
    return "".join(f"{name} {pair[0]} {pair[1]}\n" for name, pair in whole.items() if any(pair) or not name)


def validate(known: Sequence[Sentence]) -> None:
    """Print the share judged correctly, by set; each sentence is judged by weights trained without it."""
    ordinary = plain()
    fold = np.random.default_rng(1).integers(0, FOLDS, len(known))
    right: dict[str, list[tuple[bool, bool]]] = {}
    for at in range(FOLDS):
        model = Model.of(learn([*ordinary, *(one for one, part in zip(known, fold, strict=True) if part != at)]))
        left = [one for one, part in zip(known, fold, strict=True) if part == at]
        judged = refine([one.text for one in left], [one.found for one in left], model)
        for one, by_model in zip(left, judged, strict=True):
            right.setdefault(one.source, []).append((one.found.label == one.label, by_model.label == one.label))
    print("| sentences | number | rules alone | with the model |\n| --- | --- | --- | --- |")
    for source, pairs in right.items():
        rules, model = np.mean(pairs, axis=0)
        print(f"| {source} | {len(pairs):,} | {rules:.3f} | {model:.3f} |")


def on_reviews() -> None:
    """Print how often short reviews of shops and hotels, another subject, are judged rightly and to the contrary."""
    table = pd.read_csv(SHARED / "sentiment_4domains_test.csv.gz", dtype={"review": str})
    table = table[table["review"].str.len() <= LONGEST]
    rules, normalise = PolarityRules(LEXICON), Normaliser()
    texts = [normalise(review).text for review in table["review"]]
    alone = [rules(text) for text in texts]
    signs = table["label"].to_numpy() * 2 - 1
    for name, found in (("rules alone", alone), ("with the model", refine(texts, alone))):
        labels = np.array([one.label for one in found])
        right, contrary = np.mean(labels == signs), np.mean(labels == -signs)
        print(f"{len(table):,} reviews, {name}: {right:.3f} right, {contrary:.3f} contrary")


def main() -> None:
    """Write the weights, or print the table of the cross-validation."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    known = sentences()
    if parser.parse_args().write:
        target = resources.files("analysis.text.sentiment") / "learned.txt"
        Path(str(target)).write_text(as_text(learn([*known, *plain()])), encoding="utf-8")
    else:
        validate(known)
        if SHARED.is_dir():
            on_reviews()


if __name__ == "__main__":
    main()
