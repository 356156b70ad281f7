"""`silu verify`: findings, sealing and exit codes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import cli
from survey.storage.store import ResponseStore

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.unpack_archive(DATA / "study_0_1_0.zip", tmp_path)
    return tmp_path / "study_0_1_0"


def flip(path: Path, at: float = 0.5) -> None:
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 8
    path.write_bytes(content)


def verified(root: Path, capsys: pytest.CaptureFixture[str], code: int, *options: str) -> str:
    assert cli.main(["verify", str(root), *options]) == code
    return capsys.readouterr().out


def test_a_study_of_the_version_before_is_checked_and_sealed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    output = verified(root, capsys, 0, "--read-only")
    assert "8 个没有留存校验值\n" in output
    assert not (root / "store" / "seals").exists()
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == {
        **before,
        **{path: path.read_bytes() for path in (root / "log").iterdir()},
    }
    output = verified(root, capsys, 0)
    assert "数据文件：核对 0 个，8 个没有留存校验值，现已补记" in output
    assert "版本日志：核对 0 个，10 个没有留存校验值，现已补记" in output
    assert "网上答卷：核对 17 份，1 个没有留存校验值，现已补记" in output
    assert "台账和记录：核对 0 个，2 个没有留存校验值，现已补记" in output
    output = verified(root, capsys, 0)
    assert "没有留存" not in output
    assert "全部与写入时一致" in output
    assert ResponseStore(root / "store").read().num_rows == 432


def test_a_changed_answer_of_the_version_before_is_found_by_the_hash_of_its_row(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    part = next((root / "store" / "responses").glob("wave=W1/*.parquet"))
    rows = pq.read_table(part, partitioning=None)
    codes = rows["E0"].to_pylist()
    codes[3] = 1 if codes[3] != 1 else 2
    pq.write_table(rows.set_column(rows.column_names.index("E0"), "E0", pa.array(codes, rows["E0"].type)), part)
    assert "1 份答卷与导入时不同" in verified(root, capsys, 3)
    assert not (root / "store" / "seals").exists()  # what may be wrong gets no checksum


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("store/responses/wave=W1/*.parquet", "内容与写入时的校验值不符"),
        ("store/texts/_delta_log/*1.json", "与封存的不同"),
        ("raw/*.csv", "内容已变"),
        ("inbox/inbox.sqlite", "网上答卷"),
        ("decisions.sqlite", "台账和记录 decisions.sqlite"),
        ("log/audit.jsonl", "行被改动"),
        ("store/seals/*.json", "封存记录"),
    ],
)
def test_damage_is_reported_with_advice(
    root: Path, capsys: pytest.CaptureFixture[str], pattern: str, words: str
) -> None:
    verified(root, capsys, 0)
    flip(next(root.glob(pattern)))
    output = verified(root, capsys, 3)
    assert words in output
    assert "处理办法" in output
    assert "先不要删除任何文件" in output


@pytest.mark.parametrize(
    "pattern", ["store/responses/wave=W1/*.parquet", "raw/*.csv", "inbox/inbox.sqlite", "ledger.sqlite"]
)
def test_missing_data_are_a_fault(root: Path, capsys: pytest.CaptureFixture[str], pattern: str) -> None:
    verified(root, capsys, 0)
    next(root.glob(pattern)).unlink()
    assert "不见了" in verified(root, capsys, 3)


def test_every_command_reports_a_damaged_part(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verified(root, capsys, 0)
    flip(next(root.glob("store/responses/wave=W1/*.parquet")))
    assert cli.main(["rates", "--study", str(root)]) == 3
    assert "答卷文件损坏" in capsys.readouterr().err
