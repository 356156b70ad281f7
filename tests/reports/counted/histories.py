"""Random histories of a study: what people do to its answers, step by step, and what is derived meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
import pyarrow as pa

from reports.fieldwork.kept.samples import keep_samples
from survey.quality.exclusions import decisions_of
from survey.quality.publishing.publication import current_publication
from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.store import W_SCALE, ResponseStore
from survey.study.burst_log import COUNT, Found, burst_log
from survey.study.study import Study

WAVES = ("W1", "W2")
SAID = ("", "路灯坏了两个月没人来修", "路灯坏了两个月，没人来修。", "希望加强管理改善居住环境", "停车难")
KEPT = (".usual", ".tally", ".written", ".interviews", ".compared", ".norms", ".flagged")
"""Suffixes of what lights and checks are made from."""


class History:
    """A study that changes; `study` is as it is now."""

    def __init__(self, study: Study, seed: int) -> None:
        """Start with a study of one's own."""
        self.study, self._random = study, random.Random(seed)
        self._store, self._new = ResponseStore(study.root / "store"), 0

    def step(self) -> str:
        """Do one thing; return what."""
        does = self._random.choice(STEPS)
        does(self)
        return does.__name__

    def _rows(self, wave: str) -> pa.Table:
        rows = self._store.read(waves=[wave])
        some = sorted(self._random.sample(range(rows.num_rows), min(rows.num_rows, self._random.randint(1, 12))))
        return rows.take(pa.array(some, pa.int64()))

    def _changed(self, rows: pa.Table) -> pa.Table:
        """Give rows other answers, weights and interviews in other places."""
        rng = np.random.default_rng(self._random.randrange(1 << 30))
        for name in ("A1", "C1", "E.E1", "psu"):
            if name in rows.column_names and self._random.random() < 0.5:
                mixed = rows[name].take(pa.array(rng.permutation(rows.num_rows)))
                rows = rows.set_column(rows.column_names.index(name), name, mixed)
        if self._random.random() < 0.5:
            drawn = pa.array(np.round(rng.lognormal(0, 1, rows.num_rows) * W_SCALE).astype("int64") + 1)
            rows = rows.set_column(rows.column_names.index("w_fx"), "w_fx", drawn)
        return rows

    def _commit(self, wave: str, rows: pa.Table, replaced: tuple[str, ...], texts: pa.Table | None = None) -> None:
        batch = ImportBatch(wave, rows, texts or TEXTS.empty_table(), pa.table({}), replaced)
        self._store.commit(batch, expected=self._store.version)

    def append(self) -> None:
        """Import new answers."""
        wave, self._new = self._random.choice(WAVES), self._new + 1
        rows = self._changed(self._rows(wave))
        names = pa.array([f"new{self._new}-{at}" for at in range(rows.num_rows)], pa.string())
        self._commit(wave, rows.set_column(rows.column_names.index("response_id"), "response_id", names), ())

    def append_texts(self) -> None:
        """Import new answers under a name of their own, most of them with a text, some of which are copies."""
        wave, self._new = self._random.choice(WAVES), self._new + 1
        rows, name = self._changed(self._rows(wave)), f"import{self._new}"
        names = [f"said{self._new}-{at}" for at in range(rows.num_rows)]
        for column, values in (("response_id", names), ("import_id", [name] * len(names))):
            rows = rows.set_column(rows.column_names.index(column), column, pa.array(values, pa.string()))
        said = [self._random.choice(SAID) for _ in names]
        texts = [
            {"response_id": one, "wave": wave, "item": "H1", "text": text, "import_id": name}
            for one, text in zip(names, said, strict=True)
            if text
        ]
        self._commit(wave, rows, (), pa.Table.from_pylist(texts, TEXTS))

    def correct(self) -> None:
        """Import some answers again, changed: the part of the wave is written anew."""
        wave = self._random.choice(WAVES)
        rows = self._rows(wave)
        self._commit(wave, self._changed(rows), tuple(rows["response_id"].to_pylist()))

    def undo(self) -> None:
        """Go back to an earlier version."""
        newest = int(self._store.version or 0)
        self._store.undo(who="张三", why="测试", to=self._random.randint(2, newest - 1) if newest > 2 else None)

    def exclude(self) -> None:
        """Decide that some answers do not count, or count again."""
        wave = self._random.choice(WAVES)
        names, log = self._rows(wave)["response_id"].to_pylist(), decisions_of(self.study)
        out = sorted(log.excluded(wave))
        if out and self._random.random() < 0.4:
            log.restore(out[:3], wave=wave, who="张三", why="测试")
        elif set(names) - set(out):
            log.exclude(names, wave=wave, who="张三", why="测试")

    def show_without(self) -> None:
        """Flip whether excluded answers count."""
        self.study = replace(self.study, without_excluded=not self.study.without_excluded)

    def hold_back(self) -> None:
        """Hold back a burst, or count it."""
        log, wave, at = burst_log(self.study), self._random.choice(WAVES), datetime(2026, 9, 8, 10)
        waiting = [one.number for one in log.bursts() if one.held]
        if waiting and self._random.random() < 0.4:
            log.decide(waiting[:1], COUNT, who="张三", why="测试")
        else:
            log.set_apart([Found(wave, at, at, frozenset(self._rows(wave)["response_id"].to_pylist()), "一秒一份")])

    def edit(self) -> None:
        """Change the questionnaire: another numerator, or another base, of a rate."""
        asked = self.study.questionnaire
        at = self._random.randrange(len(asked.rates))
        rate = asked.rates[at]
        terms = tuple((name, codes[:-1] or (1, 2)) for name, codes in rate.terms)
        other = replace(rate, terms=terms) if self._random.random() < 0.5 else replace(rate, base="all")
        rates = (*asked.rates[:at], other, *asked.rates[at + 1 :])
        self.study = replace(self.study, questionnaire=replace(asked, rates=rates))

    def publish(self) -> None:
        """Look at the study as a reader of its publication, or as an analyst again."""
        number = 0 if self.study.publication else current_publication(self.study).number
        self.study = replace(self.study, publication=number)

    def derive(self) -> None:
        """Keep the cells as they are now."""
        keep_samples(self.study)

    def damage(self) -> None:
        """Delete a kept file, cut it, or change a byte."""
        store = self.study.root / "store"
        lights = [path for suffix in KEPT for path in sorted(store.glob(f"*/*{suffix}"))]
        for path in (*sorted((store / "cells").glob("*.arrow"))[:1], *self._random.sample(lights, len(lights) // 4)):
            content = bytearray(path.read_bytes())
            content[self._random.randrange(len(content))] ^= 1
            how = self._random.choice(("delete", "cut", "flip"))
            if how == "delete":
                path.unlink()
            else:
                path.write_bytes(content if how == "flip" else content[: len(content) // 2])


STEPS: tuple[Callable[[History], None], ...] = (
    *(History.append, History.append_texts, History.correct, History.undo, History.exclude, History.show_without),
    *(History.hold_back, History.publish, History.edit, History.derive, History.derive, History.derive, History.damage),
)
