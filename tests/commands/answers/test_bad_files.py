"""Every bad file of the readers' tests, imported with --yes: exit code 2, one error, and an unchanged store."""

from pathlib import Path

import pytest

import cli
from survey.storage.store import ResponseStore
from tests.survey.readers.test_readers import BAD
from tests.survey.small_study import answer, make_study, write_csv

FOUND = Path(__file__).parent.parent.parent / "survey" / "data" / "found"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with one answer."""
    folder = tmp_path_factory.mktemp("bad")
    made = make_study(folder / "study").root
    assert run(made, write_csv(folder / "good.csv", [answer(1)])) == 0
    return made


def run(root: Path, path: Path) -> int:
    return cli.main(["import", str(path), "--study", str(root), "--wave", "W1", "--mode", "household", "--yes"])


def refused(root: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    store, raw = ResponseStore(root / "store"), sorted((root / "raw").iterdir())
    before = store.read()
    capsys.readouterr()
    assert run(root, path) == cli.EXIT_USER_ERROR
    output = capsys.readouterr()
    assert output.err.startswith("错误：")
    assert "Traceback" not in output.out + output.err
    assert store.version == 1
    assert store.read().equals(before)
    assert sorted((root / "raw").iterdir()) == raw
    assert not list(path.parent.glob("*_退回*"))
    return output.err


@pytest.mark.parametrize("kind", sorted(BAD))
def test_a_bad_file_changes_nothing(kind: str, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make, what = BAD[kind]
    make(tmp_path / "a.dat")
    assert what in refused(root, tmp_path / "a.dat", capsys)


def test_a_crashing_parser_changes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "损坏" in refused(root, FOUND / "segfault.sav", capsys)


def test_one_bad_file_among_good_ones_rejects_all(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = write_csv(tmp_path / "a.csv", [answer(2)]), tmp_path / "b.csv"
    bad.write_bytes(b"")
    options = ["--study", str(root), "--wave", "W1", "--mode", "household", "--yes"]
    assert cli.main(["import", str(good), str(bad), *options]) == cli.EXIT_USER_ERROR
    assert "b.csv" in capsys.readouterr().err
    assert ResponseStore(root / "store").version == 1
