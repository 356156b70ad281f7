"""`silu demo`: the city is drawn once and found again; a folder with other files is left unchanged."""

from pathlib import Path

import pytest

import cli
from commands import dashboard, demo, mock
from reports.plans.rectification import ledger_of
from survey.mock.city import spec
from survey.mock.city.spec import MockSpec
from survey.storage.store import ResponseStore
from survey.study.study import load_study


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, int]]:
    """Use a small city and a list in place of a server."""
    calls: list[tuple[Path, int]] = []
    monkeypatch.setattr(dashboard, "show", lambda args: calls.append((args.study, args.port)))
    small = MockSpec(districts=2, streets_per_district=2, communities_per_street=2, texts=False)
    monkeypatch.setattr(spec, "MockSpec", lambda **_: small)
    return calls


def test_the_city_is_drawn_once(tmp_path: Path, shown: list[tuple[Path, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    study = tmp_path / "city"
    assert cli.main(["demo", str(study), "--port", "9999"]) == 0
    version = ResponseStore(study / "store").version
    assert version
    ledger = ledger_of(load_study(study)).events()
    monkeypatch.setattr(mock, "run", lambda args: pytest.fail("drawn twice"))
    assert cli.main(["demo", str(study), "--port", "9999"]) == 0
    assert ResponseStore(study / "store").version == version
    assert ledger_of(load_study(study)).events() == ledger
    assert shown == [(study, 9999), (study, 9999)]


def test_an_interrupted_drawing_is_repeated(tmp_path: Path, shown: list[tuple[Path, int]]) -> None:
    study = tmp_path / "city"
    demo.prepare(study)
    (study / "store").rename(tmp_path / "lost")
    assert cli.main(["demo", str(study)]) == 0
    assert ResponseStore(study / "store").version
    assert len(shown) == 1


def test_other_files_are_left_unchanged(
    tmp_path: Path, shown: list[tuple[Path, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert cli.main(["demo", str(tmp_path)]) == 2
    assert "没有写入任何文件" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert not shown
