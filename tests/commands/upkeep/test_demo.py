"""`silu demo`: the city is drawn once and found again; a folder with other files is left unchanged."""

from pathlib import Path

import pytest

import cli
from accounts import entry as entries
from accounts.entry import Entry
from accounts.passwords import Hasher
from accounts.sessions import key_of
from commands.upkeep import dashboard, demo, mock
from reports.plans.rectification import ledger_of
from survey.host.access import Role
from survey.mock.city import spec
from survey.mock.city.spec import MockSpec
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from tests.accounts.conftest import CHEAP


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


def test_demo_accounts_are_made_once_and_their_passwords_shown_once(
    tmp_path: Path, shown: list[tuple[Path, int]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "Entry", lambda file, rules: Entry(file, rules, Hasher(CHEAP)))
    study = tmp_path / "city"
    assert cli.main(["demo", str(study), "--accounts"]) == 0
    listed = capsys.readouterr().out.partition("演示账户，口令只显示这一次：\n")[2]
    lines = [line.split() for line in listed.splitlines()]
    entry = entries.entry_of(study)
    assert [line[0] for line in lines] == [str(role) for role in Role]
    for name, password, _ in lines:
        found = entry.find(key_of(entry.log_in(name, password, "10.0.0.1")))
        assert found is not None
        assert (str(found.user.role), found.stale) == (name, False)
    assert cli.main(["demo", str(study), "--accounts"]) == 0
    said = capsys.readouterr().out
    assert "演示账户已经有了" in said
    assert not any(line[1] in said for line in lines)
    assert len(shown) == 2
