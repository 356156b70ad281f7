"""Kept copies: a comparison survives the store whole, and a damaged one is made again."""

import random
from itertools import product
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.text.answers import digests
from analysis.text.compared import nothing_compared
from analysis.text.duplicates import find_copies
from reports.voices.kept.copies import SCHEMA, from_rows, kept_copies, to_row
from survey.storage.files import TextCache

TEXTS = ["停车位太少没人管理", "路灯坏了没有人来修", "停车位太少，没人管理！", "", "路灯坏了没人来修" * 10]


def _groups(root: Path, texts: list[str], key: str = "H1") -> list[int]:
    study = SimpleNamespace(root=root)
    found = kept_copies(study, lambda rows: [texts[row] for row in rows.tolist()], digests(texts), key)  # type: ignore[arg-type]
    return [int(one) for one in found.group]


def test_new_texts_meet_the_kept_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = [*TEXTS, "路灯坏了，没有人来修", "路灯坏了没人来修！" * 10, "停车位很少没人管理"]
    assert _groups(tmp_path, TEXTS) == find_copies(TEXTS).group.tolist()
    assert _groups(tmp_path, more) == find_copies(more).group.tolist()
    with monkeypatch.context() as patched:
        patched.setattr("analysis.text.compared.more_pieces", lambda *_: pytest.fail("compared again"))
        assert _groups(tmp_path, more[2:]) == find_copies(more[2:]).group.tolist()


WORDS = ("停车位", "太少", "没人管理", "路灯坏了", "很久", "没有人来修", "小区", "门口", "希望", "尽快解决")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), seed=st.integers(0, 10_000))
def test_what_is_added_batch_by_batch(tmp_path: Path, data: st.DataObject, seed: int) -> None:
    rng, root = random.Random(seed), Path(mkdtemp(dir=tmp_path))
    folder, texts = root / "store" / "copycache", list[str]()
    for _ in range(data.draw(st.integers(2, 6))):
        few = rng.choice([1, 3, 120])
        texts = [*texts, *("".join(rng.choices(WORDS, k=rng.choice([2, 4, 5, 24]))) for _ in range(few))]
        said = rng.sample(texts, len(texts))  # parts are read in any order
        assert _groups(root, said) == find_copies(said).group.tolist()
        there = sorted(folder.iterdir())
        if data.draw(st.booleans()):
            lost = there[data.draw(st.integers(0, len(there) - 1))]
            lost.unlink() if data.draw(st.booleans()) else lost.write_bytes(lost.read_bytes()[:-30])


def test_a_few_new_texts_are_kept_in_a_file_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "store" / "copycache"
    texts = [f"{''.join(words)}第{at}号楼" for words in product(WORDS, repeat=3) for at in (1, 2)]
    _groups(tmp_path, texts)
    (first,) = folder.iterdir()
    for more in range(1, 4):
        _groups(tmp_path, [*texts, *(f"{more}号楼的电梯坏了{at}次" for at in range(5))])
        assert first.exists()
        assert len(list(folder.glob("*.added"))) == more
    table = TextCache(folder).read(first.name.split(".")[0], SCHEMA)
    assert table is not None
    whole, last = from_rows(table.take([2, 0, 3, 1]))
    assert last == from_rows(table)[1]
    assert len(whole.names) == len(texts) + 15
    assert from_rows(table.slice(1))[1] == ""
    row = to_row(whole, nothing_compared(), "")
    assert from_rows(row)[0].names.tolist() == whole.names.tolist()
    assert row.equals(to_row(from_rows(row)[0], nothing_compared(), ""))


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    _groups(tmp_path, TEXTS)
    (file,) = (tmp_path / "store" / "copycache").iterdir()
    file.write_bytes(file.read_bytes()[:200])
    assert _groups(tmp_path, TEXTS) == find_copies(TEXTS).group.tolist()
    assert _groups(tmp_path, TEXTS[:2], "H2") == _groups(tmp_path, TEXTS[:2], "H2") == [-1, -1]
