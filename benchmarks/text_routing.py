"""Routing of real complaints to seven departments, and polarity of reviews in four domains; nothing is kept."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.text.sentiment.polarity import PolarityRules
from analysis.text.themes.by_rules import ThemeRules
from analysis.text.themes.classifier import LinearModel, Training, train
from analysis.text.themes.codebook import parse_codebook
from analysis.text.themes.coder import route
from analysis.text.words.normalise import Normaliser
from analysis.text.words.segment import Segmenter
from benchmarks.text_rows import LEXICON, SHARED, macro_f1, row

DEPARTMENTS = Path(__file__).parent / "data" / "departments.toml"
ROUTING, WEAK = Training(cost=0.6), Training(cost=0.1)
SPLITS, FEW = 3, 70


@dataclass(frozen=True)
class Messages:
    """Complaints with their department: words, texts, number of the department, the codebook of seeds."""

    words: list[list[str]]
    texts: list[str]
    truth: Any
    rules: ThemeRules

    def scores(self, model: LinearModel, rows: Any, *, words: bool = True) -> Any:
        """Return the scores of a model on some of the messages."""
        cut = [self.words[at] for at in rows] if words else None
        return model.scores([self.texts[at] for at in rows], cut)

    def labels(self, rows: Any) -> Any:
        """Return [n, 7] whether a message belongs to a department."""
        return self.truth[rows][:, None] == np.arange(len(self.rules.codebook.codes))


def messages() -> Messages:
    """Read the labelled complaints."""
    table = pd.read_csv(SHARED / "complaints_tokens_labelled.csv.gz")
    words = [text.split() for text in table["tok"].astype(str)]
    rules = ThemeRules(parse_codebook(DEPARTMENTS.read_text(encoding="utf-8")))
    names = [theme.name for theme in rules.codebook.themes]
    truth = np.array([names.index(label) for label in table["label"]])
    return Messages(words, ["".join(each) for each in words], truth, rules)


def routing() -> None:
    """Report routing without labels, with half of them, and with seventy."""
    labelled = messages()
    every = np.arange(len(labelled.texts))
    seeds = macro_f1(labelled.truth, labelled.rules.weights(labelled.texts).argmax(axis=1))
    found = labelled.scores(route(labelled.rules, labelled.texts, labelled.words, how=WEAK), every)
    reached = f"{macro_f1(labelled.truth, found.argmax(axis=1)):.3f}"
    row(f"routing to 7 departments, no labels, {len(every):,} messages", reached, "≥ .80", f"seeds alone {seeds:.3f}")
    orders = [np.random.default_rng(seed).permutation(len(every)) for seed in range(SPLITS)]
    halves = [_half(labelled, order) for order in orders]
    trained, sure = [each[0] for each in halves], [each[1] for each in halves]
    shown = f"{np.mean(trained):.3f} ({', '.join(f'{v:.3f}' for v in trained)})"
    row("… trained 50/50, macro-F1, 3 splits", shown, "≥ .92", "words .911, char 1–2 .916 (text.md)")
    row("… accuracy when abstaining to 80 %", f"{np.mean(sure):.3f}", "≥ .96", "")
    few = [_seventy(labelled, order) for order in orders]
    alone = f"char 1–2-grams alone {np.mean([each[1] for each in few]):.3f}"
    row("… 70 labels, macro-F1, 3 draws", f"{np.mean([each[0] for each in few]):.3f}", "> char n-grams", alone)


def _half(labelled: Messages, order: Any) -> tuple[float, float]:
    """Return macro-F1 trained on one half and tested on the other, and accuracy of the surest four fifths."""
    half, rest = order[: len(order) // 2], order[len(order) // 2 :]
    texts, words = [labelled.texts[at] for at in half], [labelled.words[at] for at in half]
    scores = labelled.scores(
        train(texts, labelled.labels(half), labelled.rules.codebook.codes, words=words, how=ROUTING), rest
    )
    best = np.sort(scores, axis=1)
    margin = best[:, -1] - best[:, -2]
    keep = margin >= np.quantile(margin, 0.2)
    right = labelled.truth[rest] == scores.argmax(axis=1)
    return macro_f1(labelled.truth[rest], scores.argmax(axis=1)), float(np.mean(right[keep]))


def _seventy(labelled: Messages, order: Any) -> tuple[float, float]:
    """Return macro-F1 of 70 labels with the seeds, and of the labels alone with pairs of characters."""
    some, others = order[:FEW], order[FEW:]
    codes = labelled.rules.codebook.codes
    human = {int(at): codes[labelled.truth[at]] for at in some}
    both = labelled.scores(route(labelled.rules, labelled.texts, labelled.words, human, how=WEAK), others)
    only = train([labelled.texts[at] for at in some], labelled.labels(some), codes, how=Training(cost=1.0, fewest=1))
    alone = labelled.scores(only, others, words=False)
    mixed, bare = (macro_f1(labelled.truth[others], each.argmax(axis=1)) for each in (both, alone))
    return mixed, bare


def reviews() -> dict[str, pd.DataFrame]:
    """Return normalised texts, words and lexicon scores of the four domains."""
    normalise, rules, segmenter = Normaliser(), PolarityRules(LEXICON), Segmenter()
    tables = {}
    for part in ("train", "test"):
        with gzip.open(SHARED / f"sentiment_4domains_{part}.csv.gz", "rt", encoding="utf-8") as file:
            table = pd.DataFrame(list(csv.DictReader(file)))
        table["text"] = [normalise(text).text[:600] for text in table["review"]]
        found = [rules(text) for text in table["text"]]
        table["words"] = [segmenter.cut_for_search(text) for text in table["text"]]
        table["tone"] = [np.tanh(each.score / 2) for each in found]
        table["mean"] = [each.score / np.sqrt(1 + len(each.evidence)) for each in found]
        table["label"] = table["label"].astype(int)
        tables[part] = table
    return tables


def _judged(model: LinearModel, table: pd.DataFrame, words: bool) -> float:
    cut = table["words"].tolist() if words else None
    scores = model.scores(table["text"].tolist(), cut, 0.3 * table[["tone", "mean"]].to_numpy())
    return macro_f1(table["label"], (scores[:, 0] > 0).astype(int))


def taught(table: pd.DataFrame, words: bool, how: Training) -> LinearModel:
    labels = table["label"].to_numpy()[:, None] == 1
    extra = 0.3 * table[["tone", "mean"]].to_numpy()
    return train(
        table["text"].tolist(), labels, ("+",), words=table["words"].tolist() if words else None, extra=extra, how=how
    )


def polarity() -> None:
    tables = reviews()
    inside, outside, sizes, alone = [], [], [], []
    for domain in sorted(tables["train"]["domain"].unique()):
        test = tables["test"][tables["test"]["domain"] == domain]
        home = tables["train"]["domain"] == domain
        inside.append(_judged(taught(tables["train"][home], True, Training(cost=0.2, ratio=True)), test, True))
        small = taught(tables["train"][~home], False, Training(cost=0.1)).pruned(8000)
        sizes.append(len(small.to_text().encode()))
        outside.append(_judged(small, test, False))
        alone.append(macro_f1(test["label"], (test["tone"] > 0).astype(int)))
    row(
        "polarity in domain, 4 domains, macro-F1",
        f"{np.mean(inside):.3f} ({', '.join(f'{v:.3f}' for v in inside)})",
        "≥ .89",
        "char SVM .892 (text.md, larger train sets)",
    )
    row(
        "polarity in an unseen domain, small model",
        f"{np.mean(outside):.3f}, {max(sizes) / 1000:.0f} kB",
        "≥ .79, ≤ 100 kB",
        "pysenti .739, snownlp .735 (text.md)",
    )
    row("… our word list and rules alone, nothing trained", f"{np.mean(alone):.3f}", "", "")
