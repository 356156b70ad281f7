"""Routing of real complaints to seven departments, and polarity of reviews in four domains; nothing is kept.

The complaints take the path of the application: they are read, masked and cut like any answer, and coded by
`analysis.text.coding` with and without codes by people. No copy of a held-out complaint is among those coded.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.text.answers import attach, digest
from analysis.text.coding import Distinct, distinct
from analysis.text.duplicates import find_copies
from analysis.text.reader import read_texts
from analysis.text.sentiment.polarity import PolarityRules
from analysis.text.themes.classifier import LinearModel, Training, train
from analysis.text.themes.codebook import parse_codebook
from analysis.text.themes.coder import CodedTexts, Human
from analysis.text.words.normalise import Normaliser
from analysis.text.words.segment import Segmenter
from benchmarks.text_rows import LEXICON, SHARED, macro_f1, row

DEPARTMENTS = Path(__file__).parent / "data" / "departments.toml"
FOLDS, DRAWS, FEW = 10, 3, (70, 280, 320)


@dataclass(frozen=True)
class Complaints:
    """Complaints of which each different text counts once: department, group of copies, and the coder of the app."""

    different: Distinct
    truth: Any
    group: Any
    coder: Callable[[Human], CodedTexts]

    def given(self, rows: Any) -> Human:
        """Return the departments of some complaints as codes by people."""
        return {int(at): (self.different.codes[self.truth[at]],) for at in rows}

    def folds(self, seed: int, count: int) -> Iterator[tuple[Any, Any]]:
        """Return rows to code and rows to test, with whole groups of copies on one side."""
        fold = np.random.default_rng(seed).permutation(self.group.max() + 1) % count
        for at in range(count):
            test = fold[self.group] == at
            yield np.flatnonzero(~test), np.flatnonzero(test)

    def f1(self, primary: Any, rows: Any) -> float:
        """Return the macro-F1 of the primary theme over the departments; "none fits" is wrong."""
        return macro_f1(self.truth[rows], primary[rows], np.arange(len(self.different.codes)))


def complaints() -> Complaints:
    """Read the labelled complaints as the application reads answers."""
    import pyarrow as pa

    table = pd.read_csv(SHARED / "complaints_tokens_labelled.csv.gz").drop_duplicates("tok")
    raws = ["".join(text.split()) for text in table["tok"].astype(str)]
    lexicon = replace(LEXICON, themes=DEPARTMENTS.read_text(encoding="utf-8"))
    book = parse_codebook(lexicon.themes)
    answers = attach(pa.table({"text": raws}), read_texts(raws, lexicon))
    digests = np.array([digest(raw) for raw in raws], dtype=np.int64)
    different = distinct(answers, digests, book.codes)
    names = [theme.name for theme in book.themes]
    label = np.array([names.index(name) for name in table["label"]])
    first = np.unique(digests, return_index=True)[1]
    copies = find_copies(different.texts).group
    alone = copies < 0
    group = np.where(alone, copies.max() + 1 + np.cumsum(alone), copies)
    return Complaints(
        different,
        label[first],
        np.unique(group, return_inverse=True)[1],
        different.coder(different.model(), every=True),
    )


def routing() -> None:
    """Report the primary theme of complaints without codes by people and with more and more of them."""
    asked = complaints()
    every = np.arange(len(asked.truth))
    seeds = asked.f1(asked.different.evidence.argmax(axis=1), every)
    f1 = f"{asked.f1(asked.coder({}).primary, every):.3f}"
    row(f"primary theme of {len(every):,} complaints, 7 departments, no codes", f1, "≥ .82", f"seeds alone {seeds:.3f}")
    for few in FEW:
        found = [_after(asked, np.random.default_rng(seed).permutation(len(every))[:few]) for seed in range(DRAWS)]
        row(f"… after coding {few}, 3 draws", _listed(found), "≥ without", "")
    halves = [_held_out(asked, seed, 2) for seed in range(DRAWS)]
    row(f"… after coding {len(every) // 2:,}, 3 splits", _listed([each[0] for each in halves]), "≥ .92", "")
    row("… the same, accuracy when abstaining to 80 %", f"{np.mean([each[1] for each in halves]):.3f}", "≥ .96", "")
    coded = f"{len(every) * (FOLDS - 1) // FOLDS:,}"
    row(f"… after coding {coded}, {FOLDS} folds", f"{_held_out(asked, 0, FOLDS)[0]:.3f}", "≥ .93", "")


def _after(asked: Complaints, some: Any) -> float:
    """Return macro-F1 on complaints that are no copy of the coded ones."""
    rest = np.flatnonzero(~np.isin(asked.group, asked.group[some]))
    return asked.f1(asked.coder(asked.given(some)).primary, rest)


def _held_out(asked: Complaints, seed: int, count: int) -> tuple[float, float]:
    """Return macro-F1 over all held-out folds, and accuracy of the surest four fifths."""
    primary, margin = np.zeros(len(asked.truth), dtype=np.int64), np.zeros(len(asked.truth))
    for some, rest in asked.folds(seed, count):
        coded = asked.coder(asked.given(some))
        primary[rest], margin[rest] = coded.primary[rest], coded.margin[rest]
    sure = margin >= np.quantile(margin, 0.2)
    return asked.f1(primary, np.arange(len(primary))), float(np.mean((primary == asked.truth)[sure]))


def _listed(values: list[float]) -> str:
    return f"{np.mean(values):.3f} ({', '.join(f'{value:.3f}' for value in values)})"


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
