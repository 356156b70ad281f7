"""silu import, history, undo and rejects: output and exit codes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import cli
from survey.storage.store import ResponseStore
from tests.survey.small_study import EXPORTS, HEADING, answer, make_study, write_csv

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_study(tmp_path / "study").root


@pytest.fixture
def silu(capsys: pytest.CaptureFixture[str], root: Path) -> Run:
    def run(command: str, *arguments: object) -> tuple[int, str, str]:
        code = cli.main([command, *map(str, arguments), "--study", str(root)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def stored(root: Path) -> list[str]:
    return sorted(ResponseStore(root / "store").read(["response_id"])["response_id"].to_pylist())


def test_preview_then_commit_then_nothing_new(silu: Run, root: Path, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "答卷.csv", [answer(1), answer(2)])
    code, out, _ = silu("import", path, "--wave", "W1", "--dry-run")
    assert code == 0
    assert "共 2 行：新增 2，不变 0，更新 0，退回 0" in out
    assert "没有写入任何数据" in out
    assert not (root / "store").exists()
    code, out, _ = silu("import", path, "--wave", "W1", "--yes", "--who", "张三", "--note", "首批")
    assert (code, "已写入，数据版本 1" in out) == (0, True)
    code, out, _ = silu("import", path, "--wave", "W1", "--yes")
    assert (code, "新增 0，不变 2" in out, "数据保持原样" in out) == (0, True, True)
    code, out, _ = silu("history")
    assert code == 0
    assert "版本 1" in out
    assert all(word in out for word in ("导入", "W1", "答卷.csv", "新增 2", "张三", "首批"))


def test_rejected_rows_can_be_corrected_and_imported(silu: Run, root: Path, tmp_path: Path) -> None:
    rows = [answer(1), answer(2, A1="甲", H1="=1+1", other="@x"), answer(3, psu="990101001999")]
    path = write_csv(tmp_path / "答卷.csv", rows)
    code, out, _ = silu("import", path, "--wave", "W1", "--yes")
    assert code == 1
    assert "退回 2" in out
    assert "答卷.csv 第 3 行「H A1」：答案不在选项之内，读到「甲」，应为知道(1)、不知道(2)、说不清(98)" in out
    mended = tmp_path / "答卷_退回.xlsx"
    book = openpyxl.load_workbook(mended)
    sheet = book.active
    heading = [cell.value for cell in sheet[1]]
    assert heading == [*HEADING, "退回原因", "原行号"]
    cell = sheet.cell(2, heading.index("H1") + 1)
    assert (cell.value, cell.data_type) == ("=1+1", "s")  # text, never a formula
    assert [sheet.cell(row, len(heading)).value for row in (2, 3)] == [3, 4]
    sheet.cell(2, heading.index("A1") + 1).value = "知道"
    sheet.cell(3, heading.index("psu") + 1).value = "990101001001"
    book.save(mended)
    code, out, _ = silu("import", mended, "--wave", "W1", "--yes")
    assert (code, "新增 2" in out) == (0, True)
    assert stored(root) == ["r00001", "r00002", "r00003"]


def test_a_workbook_under_correction_is_never_overwritten(silu: Run, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "答卷.csv", [answer(1), answer(2, A1="甲")])
    silu("import", path, "--wave", "W1", "--yes")
    mended = tmp_path / "答卷_退回.xlsx"
    mended.write_bytes(b"hours of work")
    code, out, _ = silu("import", path, "--wave", "W1", "--yes")
    assert (code, "答卷_退回(2).xlsx" in out) == (1, True)
    assert mended.read_bytes() == b"hours of work"
    assert openpyxl.load_workbook(tmp_path / "答卷_退回(2).xlsx").active.max_row == 2


def test_keep_partial(silu: Run, root: Path, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [answer(1, A1="甲")])
    code, out, _ = silu("import", path, "--wave", "W1", "--yes", "--keep-partial")
    assert (code, "新增 1" in out, "答案不在选项之内" in out) == (0, True, True)
    assert stored(root) == ["r00001"]


def test_rejects_of_the_store(silu: Run, root: Path, tmp_path: Path) -> None:
    silu("import", write_csv(tmp_path / "a.csv", [answer(1), answer(2, A1="甲")]), "--wave", "W1", "--yes")
    code, out, _ = silu("rejects", "--out", tmp_path / "out")
    assert (code, "共 1 行" in out) == (0, True)
    assert openpyxl.load_workbook(tmp_path / "out" / "a_退回.xlsx").active.max_row == 2
    silu("undo", "--why", "重来")
    code, out, _ = silu("rejects")
    assert (code, "没有被退回的行" in out) == (0, True)


def test_undo(silu: Run, root: Path, tmp_path: Path) -> None:
    silu("import", write_csv(tmp_path / "a.csv", [answer(1)]), "--wave", "W1", "--yes")
    silu("import", write_csv(tmp_path / "b.csv", [answer(2)]), "--wave", "W1", "--yes")
    code, out, _ = silu("undo", "--why", "期次错了", "--who", "李四")
    assert (code, "数据版本 3，现有答卷 1 份" in out) == (0, True)
    assert stored(root) == ["r00001"]
    _, out, _ = silu("history")
    assert "回到版本 1 的内容" in out
    assert "（已撤销）" in out
    assert "李四" in out
    assert silu("undo", "--why", "恢复", "--to", "2")[0] == 0
    assert stored(root) == ["r00001", "r00002"]
    assert silu("undo", "--why", "x", "--to", "77")[0] == 2


def test_questions_before_writing(silu: Run, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_csv(tmp_path / "a.csv", [answer(1)])
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, _, err = silu("import", path, "--wave", "W1")
    assert (code, "--yes" in err) == (2, True)
    asked = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda text: asked.append(text) or "n")
    code, out, _ = silu("import", path, "--wave", "W1")
    assert (code, "没有写入" in out, len(asked)) == (1, True, 1)
    assert not (root / "store").exists()
    monkeypatch.setattr("builtins.input", lambda text: "y")
    assert silu("import", path, "--wave", "W1")[0] == 0
    assert stored(root) == ["r00001"]


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda path: path.write_bytes(b""), "文件是空的"),
        (lambda path: write_csv(path, []), "只有表头"),
        (lambda path: path.write_bytes((EXPORTS / "wjx_text_utf8bom.csv").read_bytes()), "与这份问卷对不上"),
        (lambda path: write_csv(path, [answer(1)], (*HEADING, "A1")), "两列对应同一道题"),
        (lambda path: path.write_bytes((EXPORTS / "wjx_old_序号.xls").read_bytes()[:4000]), "损坏或不完整"),
        (lambda path: None, "找不到文件"),
    ],
)
def test_bad_files(make: Callable[[Path], object], what: str, silu: Run, root: Path, tmp_path: Path) -> None:
    make(tmp_path / "a.csv")
    code, out, err = silu("import", tmp_path / "a.csv", "--wave", "W1", "--yes")
    assert code == 2
    assert what in err
    assert "Traceback" not in out + err
    assert not (root / "store").exists()
    assert not list((root / "raw").iterdir())


def test_empty_history(silu: Run) -> None:
    code, out, _ = silu("history")
    assert (code, "还没有导入过" in out) == (0, True)


def test_progress_bar_on_a_terminal_only(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from commands.terminal.progress import ProgressLine

    with ProgressLine() as bar:
        bar.show("读取", 0.5)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with ProgressLine() as bar:
        bar.show("读取", 0.5)
    assert " 50% 读取" in capsys.readouterr().err


def test_yes_does_not_confirm_what_must_be_named(silu: Run, root: Path, tmp_path: Path) -> None:
    silu("import", write_csv(tmp_path / "a.csv", [answer(n, weight="700") for n in range(4)]), "--wave", "W1", "--yes")
    heading = [name for name in HEADING if name != "weight"]
    path = write_csv(tmp_path / "b.csv", [answer(10 + n) for n in range(4)], heading)
    code, out, err = silu("import", path, "--wave", "W1", "--yes")
    assert (code, len(stored(root))) == (2, 4)
    assert "要先确认 1 件事" in out
    assert "--confirm weighted" in err
    code, out, _ = silu("import", path, "--wave", "W1", "--yes", "--confirm", "weighted")
    assert (code, len(stored(root))) == (0, 8)
