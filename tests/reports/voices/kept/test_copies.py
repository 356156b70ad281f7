"""Kept copies: a comparison survives the store whole, and a damaged one is made again."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from analysis.text.answers import digests
from analysis.text.duplicates import find_copies
from reports.voices.kept.copies import kept_copies

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
    assert len(list((tmp_path / "store" / "copycache").iterdir())) == 1


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    _groups(tmp_path, TEXTS)
    (file,) = (tmp_path / "store" / "copycache").iterdir()
    file.write_bytes(file.read_bytes()[:200])
    assert _groups(tmp_path, TEXTS) == find_copies(TEXTS).group.tolist()
    assert _groups(tmp_path, TEXTS[:2], "H2") == _groups(tmp_path, TEXTS[:2], "H2") == [-1, -1]
