"""Own probe sentences: civic terms kept whole, negations, personal data; and segmentation against a public treebank."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from analysis.text.sentiment.learned import refine
from analysis.text.sentiment.polarity import PolarityRules
from analysis.text.words.masking import mask
from analysis.text.words.normalise import Normaliser
from analysis.text.words.segment import Segmenter, fine
from benchmarks.text_rows import LEXICON, SHARED, lines, row

SIGNS = {"+": 1, "-": -1, "0": 0}
LATER = {
    "second.tsv, third.tsv": "two early sets that were learnt from",
    "fourth.tsv, holdout.tsv, practice.tsv": "three later sets that were learnt from",
    "unseen.tsv, final.tsv, fresh.tsv": "former hold-outs, learnt from by now (.82, .85, .71 with the rules alone)",
}
"""Probe file -> description."""


def probes() -> None:
    """Run the probes of terms, negations and privacy."""
    terms()
    negations()
    irony()
    privacy()


def terms() -> None:
    """Count civic terms that stay one word."""
    plain, own = Segmenter(), Segmenter(LEXICON.words)
    kept = f"{whole_terms(own.cut):.3f}"
    row("civic terms whole, own 162 sentences", kept, "≥ .94", f"jieba's words {whole_terms(plain.cut):.3f}")


def negations() -> None:
    """Report the polarity of negated sentences, by how the rules came to know them."""
    right, size = judged("negation.tsv")
    row(f"negation probe, {size} sentences", f"{right:.3f}", "≥ .95", "char SVM .78 on 32 others (text.md)")
    for names, what in LATER.items():
        found = [judged(name) for name in names.split(", ")]
        size = sum(count for _, count in found)
        share = sum(right * count for right, count in found) / size
        row(f"… {size} {what}", f"{share:.3f}", "")


def irony() -> None:
    """Irony and unmet wishes: what the rules were fitted to, and the hold-outs."""
    half, size = judged("irony.tsv", slice(1, None, 2))
    row(f"irony and unmet wishes in ten kinds, the {size} kept as hold-out", f"{half:.2f}", "≥ .85", ".83 rules alone")
    for name in ("irony_practice.tsv", "irony_last.tsv"):
        right, size = judged(name)
        row(f"… {size} further sentences, learnt from", f"{right:.2f}", "")
    right, size = judged("irony_fresh.tsv")
    row(f"… {size} by somebody who had read neither rules nor sentences", f"{right:.2f}", "≥ .85")


def judged(name: str, part: slice = slice(None)) -> tuple[float, int]:
    """Return the share of the sentences of a file with the right polarity, and their number."""
    rules, normalise = PolarityRules(LEXICON), Normaliser()
    pairs = [line.split("\t")[:2] for line in lines(name) if line[0] in SIGNS][part]
    texts = [(normalise(text).text, SIGNS[label]) for label, text in pairs]
    judged = refine([text for text, _ in texts], [rules(text) for text, _ in texts])
    right = np.mean([one.label == label for one, (_, label) in zip(judged, texts, strict=True)])
    return float(right), len(pairs)


def privacy() -> None:
    """Report masked personal data, and harmless text left unmasked."""
    normalise = Normaliser()
    caught, alarms, positive, negative = 0, 0, 0, 0
    for line in lines("privacy.tsv"):
        kind, text, secrets = line.split("\t")
        clean = normalise(text).text
        masked = mask(clean).text
        if kind == "-":
            negative, alarms = negative + 1, alarms + (masked != clean)
        else:
            kept = any(normalise(secret).text in masked for secret in secrets.split("|"))
            positive, caught = positive + 1, caught + (not kept)
    found = f"recall {caught / positive:.3f}, {alarms} false alarms"
    row(f"privacy, {positive} + {negative} sentences", found, "≥ .95, none", ".88, none")


def spans(words: Sequence[str]) -> set[tuple[int, int]]:
    ends = np.cumsum([0, *map(len, words)])
    return set(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True))


def word_f1(cut: Callable[[str], Sequence[str]], gold: Sequence[Sequence[str]]) -> float:
    hit = size = 0
    for words in gold:
        wanted, found = spans(words), spans(cut("".join(words)))
        hit, size = hit + len(wanted & found), size + len(wanted) + len(found)
    return 2 * hit / size


def whole_terms(cut: Callable[[str], Sequence[str]]) -> float:
    whole = terms = 0
    for line in lines("segment.txt"):
        marked = line.split()
        words = [word.lstrip("*") for word in marked]
        found, at = spans(cut("".join(words))), 0
        for word, mark in zip(words, marked, strict=True):
            if mark[0] == "*":
                terms, whole = terms + 1, whole + ((at, at + len(word)) in found)
            at += len(word)
    return whole / terms


def segmentation() -> None:
    text = (SHARED / "seg_gold_UD_GSDSimp_test.txt").read_text(encoding="utf-8")
    gold = [line.split() for line in text.splitlines() if line.strip()]
    plain, own = Segmenter(), Segmenter(LEXICON.words)
    reached = word_f1(lambda line: fine(own.cut(line)), gold)
    row("word F1, UD GSDSimp test", f"{reached:.3f}", "≥ .80", f"jieba {word_f1(plain.cut, gold):.3f}")
