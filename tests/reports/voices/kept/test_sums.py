"""Kept sums of mentions: tables give them back bit by bit, and an import without texts leaves them as they are."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from analysis.design.cells import NumericItem
from analysis.text.mentioned import MentionSums
from reports.selection import Selection
from reports.voices import asked, open_answers, reading, summing
from reports.voices.asked import TextSelection
from reports.voices.kept.sums import from_tables, to_tables
from reports.voices.listed import every_answer
from reports.voices.mentions import mentions
from reports.voices.open_answers import load_answers
from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.store import ResponseStore
from survey.study.coding_sheet import HumanCode, keep_codes
from survey.study.study import load_study


@given(seed=st.integers(0, 10**6), people=st.integers(0, 9), items=st.integers(0, 4), alike=st.booleans())
def test_tables_hold_the_sums(seed: int, people: int, items: int, *, alike: bool) -> None:
    random = np.random.default_rng(seed)
    keys = pd.DataFrame({"psu": random.permutation(99)[:people], "mode": ["online"] * people})
    named = tuple(NumericItem(f"i{at}", f"名{at}", "theme") for at in range(items))

    def sums(rows: int) -> MentionSums:
        ny = sparse.csr_matrix(random.integers(0, 3, (people, items)))
        n = random.integers(0, 9, (rows, people))
        return MentionSums(named, keys, n, n * 2**40, ny, ny * 2**40)

    several = [sums(1), sums(items)]
    several += [MentionSums(named, keys, several[0].n[:0], several[0].wo[:0], several[0].ny, several[0].wy)] * alike
    kept = to_tables(several)
    assert "hits2" not in kept.tables
    for one, other in zip(several, from_tables(kept), strict=True):
        assert one.items == other.items
        assert one.keys.equals(other.keys)
        for name in ("n", "wo"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        for name in ("ny", "wy"):
            np.testing.assert_array_equal(getattr(one, name).toarray(), getattr(other, name).toarray())


def test_an_import_without_texts_looks_at_no_answer(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(shutil.copytree(city, tmp_path / "city"))
    for room in (reading, summing):
        monkeypatch.setattr(room, "LARGE", 0)
    monkeypatch.setattr("reports.counted.kept_correlations.KEEP_FROM", 0)
    store = ResponseStore(root / "store")
    assert reading.read_ahead(load_study(root), store.version or 0)
    rows = store.read(waves=["W2"]).slice(0, 5)
    for name in ("response_id", "import_id"):
        rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array([f"more{at}" for at in range(5)]))
    store.commit(ImportBatch("W2", rows, TEXTS.empty_table(), pa.table({})), expected=store.version)
    monkeypatch.setattr(open_answers, "_reading", lambda *_: pytest.fail("the answers were loaded"))
    monkeypatch.setattr(asked, "_looked_up", lambda *_: pytest.fail("answers were looked up"))
    assert reading.read_ahead(load_study(root), store.version or 0) == 2
    assert reading.read_ahead(load_study(root), store.version or 0) == 0


def test_a_coded_answer_without_content_counts_among_all_alone(city: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(city, tmp_path / "city"))
    one = TextSelection(Selection(waves=("W2",), mode="household"), "H1", once=False)
    before = load_answers(load_study(root), "H1")
    silent = every_answer(load_study(root), before, one).filter(pc.invert(pc.field("says")))
    assert len(silent)
    empty = before.table["text"].to_pylist().index(silent["text"][0].as_py())
    keep_codes(root, [HumanCode(before.digests[empty], before.codebook.codes[:1], "甲")])
    study, after = load_study(root), load_answers(load_study(root), "H1")
    (wrote, every), (same, known) = (mentions(study, each, one, "themes", ()) for each in (after, before))
    assert every.ny.sum() > known.ny.sum() == same.ny.sum() == wrote.ny.sum()
