"""Random histories of open answers: whatever happens to them, what is kept gives the bits of a rebuild."""

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from reports.selection import Selection
from reports.voices import reading
from reports.voices.asked import TextSelection, counts_once
from reports.voices.copies import copies_note
from reports.voices.finding import finding
from reports.voices.listed import every_answer, people_by_age
from reports.voices.mentions import shared_by
from reports.voices.open_answers import OpenAnswers, load_answers
from reports.voices.shares import distinct_themes, distinct_words, kinds, satisfied_among, theme_shares
from survey.quality.exclusions import decisions_of
from survey.storage.files import TEXT_CACHES, remove_caches
from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.store import ResponseStore
from survey.study.coding_sheet import HumanCode, keep_codes
from survey.study.study import Study, load_study
from tests.variants import slow_but

ITEM = "H1"


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("reading.LARGE", "summing.LARGE"):
        monkeypatch.setattr(f"reports.voices.{name}", 0)
    monkeypatch.setattr("reports.counted.kept_correlations.KEEP_FROM", 0)
    monkeypatch.setattr("analysis.text.themes.training_texts.EVERY", 120)


class History:
    """A study whose open answers change."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root, self._random, self._new = root, random.Random(seed), 0
        self.without = False

    @property
    def study(self) -> Study:
        return replace(load_study(self.root), without_excluded=self.without)

    @property
    def store(self) -> ResponseStore:
        return ResponseStore(self.root / "store")

    def step(self, does: Callable[["History"], None] | None = None) -> str:
        does = does or self._random.choice(STEPS)
        does(self)
        return does.__name__

    def _append(self, texts: int) -> None:
        self._new += 1
        wave = self._random.choice(("W1", "W2", "W2"))
        rows = self.store.read(waves=[wave])
        mode = self._random.choice(sorted(rows["mode"].unique().to_pylist()))
        rows = rows.filter(pc.equal(rows["mode"], mode))
        rows = rows.take(pa.array(self._random.sample(range(len(rows)), 8)))
        ids = [f"more{self._new}-{at}" for at in range(len(rows))]
        for name, values in (("response_id", ids), ("import_id", [f"import{self._new}"] * len(rows))):
            rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(values))
        known = self.store.texts(waves=[wave], item=ITEM)["text"].to_pylist()
        said = [self._random.choice(known) + self._random.choice(("", "！", f"第{self._new}次反映")) for _ in ids]
        own = {"wave": wave, "item": ITEM, "import_id": f"import{self._new}"}
        new = [own | {"response_id": name, "text": text} for name, text in zip(ids, said, strict=True)][:texts]
        batch = ImportBatch(wave, rows, pa.Table.from_pylist(new, TEXTS), pa.table({}))
        self.store.commit(batch, expected=self.store.version)

    def silent(self) -> None:
        self._append(0)

    def speaking(self) -> None:
        self._append(6)

    def undo(self) -> None:
        newest = int(self.store.version or 0)
        self.store.undo(who="张三", why="测试", to=self._random.randint(2, newest - 1) if newest > 2 else None)

    def exclude(self) -> None:
        said = self.store.texts(waves=["W2"], item=ITEM)["response_id"].to_pylist()
        out = set(decisions_of(self.study).excluded("W2"))
        some = sorted(set(self._random.sample(said, 5)) - out)
        decisions_of(self.study).exclude(some, wave="W2", who="张三", why="测试")
        self.without = True

    def count_all(self) -> None:
        self.without = False

    def code(self) -> None:
        answers = load_answers(self.study, ITEM)
        names, codes = sorted(set(answers.digests)), answers.codebook.codes
        chosen = self._random.sample(names, 4)
        keep_codes(self.root, [HumanCode(one, (self._random.choice(codes),), "甲") for one in chosen])

    def learn(self) -> None:
        (self.root / "lexicon").mkdir(exist_ok=True)
        (self.root / "lexicon" / "words.txt").write_text(f"澄岚新词{self._new}\t9\n", encoding="utf-8")

    def damage(self) -> None:
        for folder in TEXT_CACHES:
            files = sorted((self.root / "store" / folder).glob("*.*"))
            for file in self._random.sample(files, len(files) // 4):
                content = file.read_bytes()
                file.write_bytes(content[: len(content) // 2])


STEPS = (
    *(History.silent, History.silent, History.speaking, History.speaking, History.speaking, History.undo),
    *(History.exclude, History.count_all, History.code, History.learn, History.damage),
)


def shown(study: Study, answers: OpenAnswers) -> list[object]:
    """Return the answers and all that is made of those of each mode of W2."""
    table, one = answers.table, answers.coded
    seen: list[object] = [table.to_pydict(), answers.digests, one.assigned, one.primary, one.margin]
    seen += [answers.copies.group, answers.copies.first, answers.reading.trains, answers.by_people]
    for mode in ("household", "online"):
        selection = Selection(waves=("W2",), mode=mode, without_excluded=study.without_excluded)
        asked = TextSelection(selection, ITEM)
        seen += [counts_once(answers, asked), str(finding(study, answers, asked)), kinds(study, answers, asked)]
        seen += [str(copies_note(study, answers, asked, effect=False)), every_answer(study, answers, asked).to_pydict()]
        seen += [people_by_age(study, answers, asked)]
        rated = satisfied_among(study, answers, asked)
        seen += [None if rated is None else rated.estimates.table]
        for by in ((), ("district",)):
            seen += [theme_shares(study, answers, asked, by).estimates.table]
        if mode == "household":
            seen += [distinct_words(study, answers, asked)]
            for by in ("district", "street", "community"):
                seen += [distinct_themes(study, answers, asked, by)]
                for voices in shared_by(study, answers, asked, "themes", (by,)):
                    cells = voices.sample.cells
                    seen += [np.asarray(one) for one in (cells.n_i, cells.wo, cells.ny, cells.wy)]
    return seen


def same(one: list[object], other: list[object]) -> None:
    assert len(one) == len(other)
    for mine, theirs in zip(one, other, strict=True):
        if isinstance(mine, pd.DataFrame) and isinstance(theirs, pd.DataFrame):
            pd.testing.assert_frame_equal(mine, theirs, check_exact=True)
        elif isinstance(mine, np.ndarray):
            np.testing.assert_array_equal(mine, theirs)
        else:
            assert mine == theirs


@pytest.mark.parametrize(("seed", "steps"), slow_but([(0, 3)], [(0, 3), (0, 5), (1, 5), (2, 5)]))
def test_what_is_kept_equals_a_rebuild(city: Path, tmp_path: Path, seed: int, steps: int) -> None:
    history = History(Path(shutil.copytree(city, tmp_path / "city")), seed)
    done: list[str] = []
    for does in (History.speaking, None, None, History.speaking, None)[:steps]:
        reading.read_ahead(load_study(history.root), int(history.store.version or 0))
        done.append(history.step(does))
        reading.read_ahead(load_study(history.root), int(history.store.version or 0))
        study = history.study
        kept = shown(study, load_answers(study, ITEM))
        bare = Path(shutil.copytree(history.root, tmp_path / "bare"))
        remove_caches(bare / "store")
        fresh = replace(load_study(bare), without_excluded=study.without_excluded)
        same(kept, shown(fresh, load_answers(fresh, ITEM)))
        shutil.rmtree(bare)
