"""Text analysis: CPU seconds and memory, beside plain jieba in the same run.

    python -m benchmarks.text_speed --answers 1000000

Answers are made from the own probe sentences, 24 characters on average, nearly all different.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa

from analysis.text.reader import SELDOM, TextReader, read_texts, unmasked
from analysis.text.words.cut_clauses import Words
from analysis.text.words.segment import Segmenter
from survey.study.lexicon import load_lexicon
from survey.study.settings import JIEBA, RJIEBA

PROBES = Path(__file__).parent.parent / "tests" / "analysis" / "text" / "data"
CUT_TEXTS, ROUNDS = 30_000, 3
RESPONDENTS, THEMES, WROTE = 100_000, 26, 0.4
READY = {
    "rjieba": "import rjieba; rjieba.Jieba().cut('路灯不亮', True)",
    "jieba": "import jieba; list(jieba.cut('路灯不亮'))",
    "Silu segmenter, its words": (
        "from survey.study.lexicon import load_lexicon; from analysis.text.words.segment import Segmenter;"
        "Segmenter(load_lexicon().words).cut('路灯不亮')"
    ),
    "… with jieba": (
        "from survey.study.lexicon import load_lexicon; from analysis.text.words.segment import Segmenter;"
        "Segmenter(load_lexicon().words, engine='jieba').cut('路灯不亮')"
    ),
    "Silu reader": (
        "from survey.study.lexicon import load_lexicon; from analysis.text.reader import TextReader;"
        "TextReader(load_lexicon()).read(['路灯不亮'])"
    ),
}


def answers(count: int, seed: int = 1) -> list[str]:
    """Make short answers of 24 characters on average from clauses of the probes."""
    clauses: dict[str, list[str]] = {}
    for name in ("segment.txt", "negation.tsv", "privacy.tsv"):
        for line in (PROBES / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                text = line if name == "segment.txt" else line.split("\t")[1]
                clauses.setdefault(name, []).append(text.replace(" ", "").replace("*", ""))
    rng = random.Random(seed)
    plain = clauses["segment.txt"] + clauses["negation.tsv"]
    made = []
    while len(made) < count:
        # One answer in twenty has something that looks like personal data; far more than in practice.
        parts = [*rng.choices(plain, k=2), *rng.choices(clauses["privacy.tsv"], k=int(rng.random() < 0.05))]
        while sum(map(len, parts)) < 30 and rng.random() < 0.7:
            parts.append(rng.choice(plain))
        rng.shuffle(parts)
        text = "，".join(parts)[: rng.randint(16, 40)]
        made.append(text + rng.choice(["", "。", "！", str(rng.randint(1, 99))]))
    return made


def cpu(work: Callable[[], object]) -> float:
    """Return CPU seconds of this process for one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def cutting() -> None:
    """Return characters per CPU second: three interleaved rounds, the median."""
    engines, texts = {name: Segmenter(engine=name) for name in (RJIEBA, JIEBA)}, answers(CUT_TEXTS, 7)
    size = sum(map(len, texts))
    taken: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, segmenter in engines.items():
            taken[name].append(cpu(lambda cut=segmenter.cut: [cut(text) for text in texts]))
    middle = {name: sorted(values)[ROUNDS // 2] for name, values in taken.items()}
    print("| cut, words kept in a list | characters / CPU s | times jieba |\n| --- | --- | --- |")
    for name, seconds in middle.items():
        print(f"| {name} | {size / seconds:,.0f} | {middle[JIEBA] / seconds:.1f} |")


def ready() -> None:
    """Return CPU seconds of a fresh process until its first cut, minus those of an empty one, best of three."""
    print("\n| ready (import and first cut) | CPU s |\n| --- | --- |")
    empty = min(_child("pass") for _ in range(3))
    for name, code in READY.items():
        print(f"| {name} | {min(_child(code) for _ in range(3)) - empty:.2f} |")


def _child(code: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


RESULT = pa.schema({"text": pa.string(), "words": pa.list_(pa.string()), "themes": pa.list_(pa.string())})
_reader: list[TextReader] = []


def _start() -> None:
    _reader.append(TextReader(load_lexicon()))
    gc.set_threshold(*SELDOM)  # as the product's workers do


def _stages(texts: Sequence[str]) -> tuple[dict[str, float], bytes]:
    """Return CPU seconds of each stage in one worker, and its result."""
    reader = _reader[0]
    clean: list[str] = []
    words: list[Words] = []
    themes: list[list[str]] = []
    taken = {"normalise + mask": cpu(lambda: clean.extend(reader.clean_each(texts)[0]))}
    plain = [unmasked(text) for text in clean]
    taken["segment"] = cpu(lambda: words.append(reader.words(plain)))
    taken["code into themes"] = cpu(
        lambda: themes.extend(list(each.hits) for each in reader.themes.each(plain, words[0].ends))
    )
    batch = pa.record_batch({"text": clean, "words": words[0].shown, "themes": themes}, schema=RESULT)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, RESULT) as stream:
        stream.write_batch(batch)
    return taken, bytes(sink.getvalue())


def stages(texts: Sequence[str]) -> None:
    """Run the required stages on two processes; write the result to a file as it comes."""
    chunks = [texts[start : start + 2_000] for start in range(0, len(texts), 2_000)]
    total: dict[str, float] = {}
    before = _used()
    with tempfile.TemporaryDirectory() as folder:
        out = pa.OSFile(str(Path(folder) / "read.arrow"), "wb")
        pool = ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=_start)
        with out, pa.ipc.new_file(out, RESULT) as file, pool:
            for part, blob in pool.map(_stages, chunks):
                file.write_batch(pa.ipc.open_stream(blob).read_next_batch())
                for name, seconds in part.items():
                    total[name] = total.get(name, 0.0) + seconds
    own, child = _peak()
    print(f"\n| normalise + mask + segment + code, {len(texts):,} answers, 2 processes | |\n| --- | --- |")
    for name, seconds in total.items():
        print(f"| {name}, CPU s | {seconds:.1f} |")
    print(f"| together, with start, transport and file, CPU s | {_used() - before:.1f} |")
    print(f"| peak memory, parent + 2 workers, MB | {own:.0f} + 2 x {child:.0f} |")


def _peak() -> tuple[float, float]:
    parts = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, child = parts
    return own, child


def whole(texts: list[str]) -> None:
    """Run everything the product does to an answer, into one Arrow table, on two processes."""
    lexicon = load_lexicon()
    before = _used()
    start = time.perf_counter()
    read = read_texts(texts, lexicon, workers=2)
    wall = time.perf_counter() - start
    used = _used() - before
    own, child = _peak()
    again = cpu(lambda: read_texts([*texts[:-1000], *answers(1000, 99)], lexicon, known=read))
    print("\n| all that `silu text` reads (also intent, polarity, evidence; Arrow table) | |\n| --- | --- |")
    print(f"| CPU s, workers and parent | {used:.1f} |\n| wall s | {wall:.1f} |")
    print(f"| peak memory, parent + 2 workers, MB | {own:.0f} + 2 x {child:.0f} |")
    print(f"| the same again with 1,000 new texts, CPU s | {again:.1f} |")


def views() -> None:
    """Compute one theme view: shares of all themes by district, on a sample that is made once."""
    # Imported here, so that the workers do not load what they do not use.
    from scipy import sparse

    from analysis.estimation.sample import SampleOptions, prepare
    from analysis.text.shares import Presence, voices
    from survey.mock import MockSpec, draw

    city = draw(MockSpec(seed=3, waves=1, online=False, faults=False, texts=False, responses=RESPONDENTS))
    rows = city.responses()
    names = tuple(f"theme {number}" for number in range(THEMES))
    wrote = np.random.default_rng(1).random(len(rows)) < WROTE
    keys = rows.select(["wave", "response_id"]).filter(pa.array(wrote))
    present = sparse.random_array((len(keys), THEMES), density=0.06, rng=1, format="csr")
    present.data[:] = 1
    found = Presence(keys, present.astype(np.int32), names, names, "theme")
    plan, made = SampleOptions(rates=()), []
    once = cpu(lambda: made.append(prepare(rows, city.questionnaire, city.city.areas, city.margins, plan)))
    view = sorted(
        cpu(lambda: voices(made[0], rows, found, city.questionnaire).shares(by=["district"])) for _ in range(ROUNDS)
    )[ROUNDS // 2]
    print(f"\n| shares of {THEMES} themes by district, {len(rows):,} respondents | CPU s |\n| --- | --- |")
    print(f"| cells and weights, once for a wave and mode | {once:.2f} |\n| each view | {view:.3f} |")


def _used() -> float:
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


PARTS: dict[str, Callable[[list[str]], None]] = {"stages": stages, "whole": whole}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--only", choices=tuple(PARTS))
    chosen = parser.parse_args()
    if chosen.only:
        PARTS[chosen.only](answers(chosen.answers))
        return
    ready()
    print()
    cutting()
    views()
    # One process each, so that neither counts the memory of the other.
    for part in PARTS:
        command = ["benchmarks.text_speed", "--answers", str(chosen.answers), "--only", part]
        subprocess.run([sys.executable, "-m", *command], check=True)


if __name__ == "__main__":
    main()
