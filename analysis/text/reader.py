"""Reader: read each text once, from the raw text to words, themes, intent and polarity.

The import compiles the rules and the lexicons behind them, so import it only where there are texts to read.
"""

from __future__ import annotations

import gc
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from multiprocessing import get_context
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from analysis.text.answers import SCHEMA, Digests, Progress, digest, digests
from analysis.text.sentiment.implied import PhraseValue
from analysis.text.sentiment.intent import IntentRules
from analysis.text.sentiment.learned import refined
from analysis.text.sentiment.polarity import PolarityRules
from analysis.text.themes.by_rules import ThemeRules
from analysis.text.themes.codebook import parse_codebook
from analysis.text.words.alphabet import scripts_of
from analysis.text.words.cut_clauses import CutClauses
from analysis.text.words.masking import mask_each
from analysis.text.words.normalise import LONGEST_NOTHING, NonAnswers, Normaliser
from analysis.text.words.segment import Segmenter, fine, resolve
from survey.study.lexicon import Lexicon
from survey.study.settings import AUTO

CHUNK = 4_000
AHEAD, HELD = 3, 16
"""Chunks that wait for each other process; chunks of which the results wait for one before them."""
SELDOM = (200_000, 20, 100)
"""How seldom garbage is collected: reading leaves no cycles, and a collection visits all tables of the reader."""
_EVIDENCE_KEPT = 1 << 14
"""Lists of words behind a polarity of which the text is kept: many texts share one."""

_WORD = re.compile(r"[\u3400-\u9fffA-Za-z0-9]")
_MASKED = re.compile(r"\[(?:邮箱|微信|QQ|证件|卡号|车牌|手机|电话|门牌|数字)\]")
_LONGEST = 50_000


class TextReader:
    """All rules of one lexicon, ready to read texts; one instance per study, with nothing shared between them."""

    def __init__(self, lexicon: Lexicon, engine: str = AUTO) -> None:
        """Make the rules, and the segmenter with the lexicon's words; `engine` as in `Segmenter`."""
        self.lexicon = lexicon
        self.segmenter = Segmenter(lexicon.words, engine=engine)
        self.themes = ThemeRules(parse_codebook(lexicon.themes), self.segmenter.cut)
        self._normalise = Normaliser()
        self._nonanswers = NonAnswers(lexicon.nonanswers)
        self._polarity = PolarityRules(lexicon)
        self._intent = IntentRules(lexicon)
        self.words = CutClauses(self.segmenter.cut_all, self._displayed)
        self._evidence = lru_cache(_EVIDENCE_KEPT)(_evidence)

    def clean(self, raw: str) -> tuple[str, tuple[str, ...]]:
        """Normalise and mask a raw text, and return the codes of what was done; cut texts beyond 50,000 characters."""
        (text,), (flags,) = self.clean_each([raw])
        return text, flags

    def clean_each(self, raws: Sequence[str]) -> tuple[list[str], list[tuple[str, ...]]]:
        """Return the texts and the codes of `clean` of each raw text."""
        texts, flags = list(raws), list[tuple[str, ...]]([()]) * len(raws)
        for at, kept in enumerate(self._normalise.keeps(raws)):
            if not kept:
                texts[at], flags[at] = self._normalise(raws[at][:_LONGEST])
        masked, kinds = mask_each(texts)
        return masked, [(*own, *more) if own or more else () for own, more in zip(flags, kinds, strict=True)]

    def display_words(self, text: str) -> list[str]:
        """Return the words for display: synonyms folded, stop words and signs removed, negations kept."""
        return self.shown(self.segmenter.cut(unmasked(text)))

    def shown(self, cut: Sequence[str]) -> list[str]:
        """Return the words for display of a text that is cut."""
        return list(chain.from_iterable(map(self._displayed, cut)))

    def _displayed(self, word: str) -> tuple[str, ...]:
        """Return what is displayed of one word of a cut: nothing of stop words and signs, two words of 一个."""
        synonyms, stop = self.lexicon.synonyms, self.lexicon.stop
        return tuple(synonyms.get(part, part) for part in fine((word,)) if part not in stop and _WORD.match(part))

    def read(self, raws: Sequence[str], names: Digests | None = None) -> pa.RecordBatch:
        """Read texts into schema `SCHEMA`, one row each in the same order; `names` are their digests, where known."""
        names = digests(raws) if names is None else names
        parts = [slice(start, start + CHUNK) for start in range(0, len(raws), CHUNK)]
        blocks = [self._block(raws[part], names[part]) for part in parts]
        table = pa.Table.from_batches(blocks, schema=SCHEMA).unify_dictionaries().combine_chunks()
        return table.to_batches()[0] if blocks else pa.RecordBatch.from_pylist([], schema=SCHEMA)

    def _block(self, raws: Sequence[str], names: Digests) -> pa.RecordBatch:
        """Read a block stage by stage, not text by text: rules look up the characters of all its texts at once."""
        texts, flags = self.clean_each(raws)
        says = [len(text) > LONGEST_NOTHING or text not in self._nonanswers for text in texts]
        every = [unmasked(text) for text in texts]
        scripts = scripts_of(every)
        # Non-answers and texts in other scripts are kept but not read any further.
        read = [answer and kind == "zh" for answer, kind in zip(says, scripts, strict=True)]
        readable, plain = (
            [text if kept else "" for text, kept in zip(some, read, strict=True)] for some in (texts, every)
        )
        words = self.words(plain)
        themes, themed = self.themes.kinds(plain, words.ends)
        tones = refined(readable, self._polarity.tones(readable))
        intents = self._intent.names(readable, tones.labels.tolist())
        columns = {
            "digest": names,
            "text": texts,
            "says": says,
            "script": scripts,
            "flags": list(map(" ".join, flags)),
            "words": words.shown,
            "themes": _lists([each.hits for each in themes]).take(pa.array(themed)),
            "reasons": _lists([each.reasons for each in themes]).take(pa.array(themed)),
            "intent": intents,
            "polarity": tones.labels.astype(np.int8),
            "score": np.array([tone.score for tone in tones.kinds], dtype=np.float32)[tones.number],
            "evidence": pa.array([self._evidence(tone.evidence) for tone in tones.kinds]).take(pa.array(tones.number)),
        }
        arrays = [
            made if isinstance(made := columns[field.name], pa.Array) else pa.array(made, field.type)
            for field in SCHEMA
        ]
        return pa.record_batch(arrays, schema=SCHEMA)


def _lists(lists: Sequence[Collection[str]]) -> pa.ListArray:
    """Return an array of lists."""
    ends = np.cumsum([0, *map(len, lists)], dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(list(chain.from_iterable(lists)), pa.string()))


def _evidence(found: Sequence[PhraseValue]) -> str:
    return " ".join([f"{word}{value:+.1f}" for word, value in found])


def unmasked(text: str) -> str:
    """Return a masked text with a blank for every mask: masks are no words of the author."""
    return _MASKED.sub(" ", text) if "[" in text else text


def script_of(text: str) -> str:
    """Return the script of a text, a key of `analysis.text.words.alphabet.SCRIPTS`: Chinese if it holds any Chinese."""
    return scripts_of([unmasked(text)])[0]


def read_texts(
    raws: Sequence[str],
    lexicon: Lexicon,
    *,
    known: pa.Table | None = None,
    workers: int = 1,
    engine: str = AUTO,
    progress: Progress | None = None,
) -> pa.Table:
    """Read distinct texts, and only those not yet known.

    Args:
        raws: raw texts; equal ones are read once.
        lexicon: word lists and codebook.
        known: an earlier result with the same lexicon.
        workers: processes; more than one pays off from about 20,000 new texts.
        engine: the segmentation engine, as in `Segmenter`.
        progress: called after every chunk.

    Returns:
        Schema `SCHEMA`, `known` first; look texts up by `digest`.
    """
    seen = set() if known is None else set(known["digest"].to_pylist())
    new: list[str] = []
    for raw in raws:
        if (name := digest(raw)) not in seen:
            seen.add(name)
            new.append(raw)
    del seen
    before = [] if known is None else known.to_batches()
    chunks = (new[start : start + CHUNK] for start in range(0, len(new), CHUNK))
    read = read_chunks(chunks, len(new), lexicon, workers=workers, engine=engine, progress=progress)
    return pa.Table.from_batches([*before, *read], schema=SCHEMA).unify_dictionaries()


def read_chunks(
    chunks: Iterable[Sequence[str]],
    total: int,
    lexicon: Lexicon,
    *,
    workers: int = 1,
    engine: str = AUTO,
    progress: Progress | None = None,
    names: Digests | None = None,
) -> Iterator[pa.RecordBatch]:
    """Read texts chunk by chunk, so that few of them need to be Python strings at a time; arguments as in `read_texts`.

    Args:
        chunks: raw texts, `CHUNK` at a time.
        total: their number.
        lexicon: word lists and codebook.
        workers: processes.
        engine: the segmentation engine.
        progress: called after every chunk.
        names: digests of all texts, where they are known.

    Yields:
        Schema `SCHEMA`, a batch for each chunk.
    """
    apart = workers > 1 and total > CHUNK
    read = _read_apart if apart else _read_here
    done = 0
    for batch in read(_named(chunks, names), lexicon, workers, resolve(engine)):
        yield batch
        done += batch.num_rows
        if progress:
            progress(done, total)


_Chunk: TypeAlias = tuple[Sequence[str], Digests | None]
"""Raw texts, and their digests where these are known."""
_Read: TypeAlias = Future[bytes] | pa.RecordBatch
"""What another process reads, or what has been read here."""


def _named(chunks: Iterable[Sequence[str]], names: Digests | None) -> Iterator[_Chunk]:
    """Yield chunks with the digests of their texts."""
    start = 0
    for chunk in chunks:
        yield chunk, None if names is None else names[start : start + len(chunk)]
        start += len(chunk)


def _read_here(chunks: Iterable[_Chunk], lexicon: Lexicon, _workers: int, engine: str) -> Iterator[pa.RecordBatch]:
    reader: TextReader | None = None
    with _seldom():
        for chunk in chunks:
            reader = reader or TextReader(lexicon, engine)
            yield reader.read(*chunk)


def _read_apart(chunks: Iterable[_Chunk], lexicon: Lexicon, workers: int, engine: str) -> Iterator[pa.RecordBatch]:
    # Processes, not threads: the engine holds the GIL while it segments. Spawned, so that no lock is inherited.
    # This process reads as well, because each one more takes a second to start.
    spawned, arguments, others = get_context("spawn"), (lexicon, engine), workers - 1
    with ProcessPoolExecutor(others, mp_context=spawned, initializer=_start, initargs=arguments) as pool, _seldom():
        waiting, reader = deque[_Read](), None
        for chunk in chunks:
            if sum(not one.done() for one in waiting if isinstance(one, Future)) < AHEAD * others:
                waiting.append(pool.submit(_read_chunk, *chunk))
                continue
            reader = reader or TextReader(lexicon, engine)
            waiting.append(reader.read(*chunk))
            while waiting and (len(waiting) > HELD or isinstance(waiting[0], pa.RecordBatch) or waiting[0].done()):
                yield _batch(waiting.popleft())
        while waiting:
            yield _batch(waiting.popleft())


def _batch(read: _Read) -> pa.RecordBatch:
    return read if isinstance(read, pa.RecordBatch) else pa.ipc.open_stream(read.result()).read_next_batch()


@contextmanager
def _seldom() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


_reader: list[TextReader] = []


def _start(lexicon: Lexicon, engine: str) -> None:
    _reader.append(TextReader(lexicon, engine))
    gc.set_threshold(*SELDOM)


def _read_chunk(raws: Sequence[str], names: Digests | None) -> bytes:
    batch = _reader[0].read(raws, names)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue())
