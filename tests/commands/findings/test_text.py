"""`silu text`: report, copies, coding sheet export and import, and errors."""

from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.compute as pc
import pytest

import cli
from analysis.text.reader import TextReader
from reports.sample import read_counted
from reports.selection import Selection
from reports.voices.asked import TextSelection
from reports.voices.open_answers import load_answers
from reports.voices.shares import folded, ranked, theme_shares
from survey.study.coding_sheet import CODES_FILE, HumanCode, keep_codes
from survey.study.study import load_study
from tests.city_folder import imported_city


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("text") / "city"
    return imported_city(root, districts=4, streets_per_district=3, communities_per_street=3)


def test_report(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["text", "--study", str(city)]) == 0
    text = capsys.readouterr().out
    assert "W2" in text
    assert "停车（城市管理部门）" in text
    assert "错误发现率" in text
    assert list((city / "store" / "textcache").glob("*.texts"))
    assert cli.main(["text", "--study", str(city), "--wave", "W1", "--without-copies", "--top", "3"]) == 0
    assert "W1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("part", "what"),
    [("waves", "W1 "), ("copies", "雷同只算一条"), ("places", "老旧小区"), ("discover", "归不进任何主题")],
)
def test_the_other_parts(city: Path, capsys: pytest.CaptureFixture[str], part: str, what: str) -> None:
    assert cli.main(["text", "--study", str(city), "--show", part]) == 0
    assert what in capsys.readouterr().out


def test_the_base_is_those_who_wrote_something(city: Path) -> None:
    """The share of all is smaller by the share who wrote, the praise of a theme is not quoted, and zeros are folded."""
    study = load_study(city)
    answers, asked = load_answers(study, "H1"), TextSelection(Selection(waves=("W2",), mode="household"), "H1", False)
    table = theme_shares(study, answers, asked).estimates.table.dropna(subset=["estimate"])
    raised = table[table["estimate"] > 0]
    wrote = (raised["of_all"] / raised["estimate"]).to_numpy()
    assert 0.3 < wrote[0] < 0.8
    assert wrote == pytest.approx(np.full(len(wrote), wrote[0]), rel=0.02)
    responses = read_counted(study, asked.selection, ("W2",)).rows
    at_home = responses.filter(pc.equal(responses["mode"].cast("string"), "household"))["response_id"].to_pylist()
    said = answers.table.filter(pc.and_(answers.table["says"], pc.equal(answers.table["wave"].cast("string"), "W2")))
    assert table["n"].max() == len(set(at_home) & set(said["response_id"].to_pylist()))
    shown, fold = folded(ranked(theme_shares(study, answers, asked).estimates))
    assert (shown["estimate"] >= 0.0005).all()
    assert len(shown) + len(fold.text.partition("：")[2].split("、")) == len(table)


def test_the_file_says_the_same_as_the_screen(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "主题.csv"
    assert cli.main(["text", "--study", str(city), "--format", "csv", "--out", str(path)]) == 0
    capsys.readouterr()
    assert cli.main(["text", "--study", str(city), "--top", "1"]) == 0
    screen = capsys.readouterr().out
    table = path.read_text(encoding="utf-8-sig")
    theme, said, low, high, of_all = table.splitlines()[1].split(",")[:5]
    assert f"{said}%（{low}%—{high}%），全体 {of_all}%  {theme}（" in screen
    note = next(line for line in screen.splitlines() if "与别人的雷同" in line)
    assert "），这里同样的话只算一条" in note
    assert note in table
    assert cli.main(["text", "--study", str(city), "--with-copies", "--top", "1"]) == 0
    assert "这里每条都算" in capsys.readouterr().out


def test_confirmed_words(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = city / "lexicon" / "words.txt"
    try:
        assert cli.main(["text", "--study", str(city), "--add-words", "东风桥", "东风桥", "--top", "1"]) == 0
        assert "已加入 1 个新词" in capsys.readouterr().out
        assert path.read_text(encoding="utf-8").split()[-1] == "东风桥"
        assert cli.main(["text", "--study", str(city), "--add-words", "东 风"]) == 2
        assert "不能作为词加入词典" in capsys.readouterr().err
    finally:
        path.unlink()
        path.parent.rmdir()


def test_only_new_texts_are_read(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By data version and lexicon: a second run reads and compares nothing, a changed list makes it read all again."""
    study, calls = load_study(city), []
    load_answers(study, "H1")
    with monkeypatch.context() as patched:
        patched.setattr(TextReader, "read", lambda *_: pytest.fail("read again"))
        patched.setattr("analysis.text.copy_pairs.Search.pairs", lambda *_: pytest.fail("compared again"))
        again = load_answers(study, "H1")
    assert len(again.copies.first) == len(again.table)
    (city / "lexicon").mkdir()
    (city / "lexicon" / "words.txt").write_text("西风桥\n", encoding="utf-8")
    try:
        load_answers(study, "H1", progress=lambda done, total: calls.append((done, total)))
    finally:
        (city / "lexicon" / "words.txt").unlink()
        (city / "lexicon").rmdir()
    assert calls
    assert calls[-1][0] == calls[-1][1] > 0


def test_coding_sheet_out_and_in(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "编码.xlsx"
    assert cli.main(["text", "--study", str(city), "--sheet", str(path)]) == 0
    book = openpyxl.load_workbook(path)
    sheet = book["编码"]
    assert sheet.max_row == 21
    for row in range(2, 12):
        sheet.cell(row, 4).value, sheet.cell(row, 7).value = "停车", "甲"
    book.save(path)
    capsys.readouterr()
    assert cli.main(["text", "--study", str(city), "--codes", str(path)]) == 0
    assert "读回 10 条编码，共保存 10 条；这些留言从现在起按人工编码计" in capsys.readouterr().out
    for row in range(2, 12):
        sheet.cell(row, 7).value = "乙"
    book.save(path)
    assert cli.main(["text", "--study", str(city), "--codes", str(path)]) == 0
    assert "乙 与 甲：共同编码 10 条，F1 1.00" in capsys.readouterr().out
    assert cli.main(["text", "--study", str(city)]) == 0
    assert "由主题码本和 10 条人工编码归类" in capsys.readouterr().out


def test_codes_by_people_change_the_shares_at_once(city: Path) -> None:
    """Whoever codes every answer on parking as "none fits" sees no parking, and the answers coded so have no theme."""
    study, asked = load_study(city), TextSelection(Selection(), "H1")
    before = load_answers(study, "H1")
    themes = dict(zip(before.digests, before.table["themes"].to_pylist(), strict=True))
    on_parking = [name for name, codes in themes.items() if "parking" in codes]
    was = (city / CODES_FILE).read_bytes() if (city / CODES_FILE).is_file() else b""
    try:
        keep_codes(city, [HumanCode(name, (), "丙") for name in on_parking])
        keep_codes(city, [HumanCode(on_parking[0], ("noise", "lighting"), "丁")])
        answers = load_answers(study, "H1")
        coded = dict(zip(answers.digests, answers.table["themes"].to_pylist(), strict=True))
        assert coded[on_parking[0]] == ["noise", "lighting"]
        assert all(coded[name] == [] for name in on_parking[1:])
        shares = [theme_shares(study, each, asked).estimates.table.set_index("item") for each in (before, answers)]
        assert shares[0].loc["parking", "estimate"] > 0.01
        assert shares[1].loc["parking", "estimate"] < shares[0].loc["parking", "estimate"] / 10
        assert load_answers(study, "H1", waves=("W1",)).table.equals(
            answers.table.filter(pc.equal(answers.table["wave"].cast("string"), "W1"))
        )
    finally:
        (city / CODES_FILE).write_bytes(was) if was else (city / CODES_FILE).unlink()


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--item", "Z9"], "没有这道开放题"),
        (["--wave", "W9"], "没有这一轮调查"),
        (["--by", "colour"], "不能按这一列比较"),
        (["--sheet", "x.csv"], "xlsx"),
        (["--codes", "missing.xlsx"], "编码表打不开"),
    ],
)
def test_mistakes(city: Path, capsys: pytest.CaptureFixture[str], options: list[str], what: str) -> None:
    assert cli.main(["text", "--study", str(city), *options]) == 2
    assert what in capsys.readouterr().err


def test_a_faulty_codebook_of_the_study(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = city / "lexicon"
    own.mkdir()
    (own / "themes.toml").write_text('[[theme]]\ncode="a"\nname="甲"\n', encoding="utf-8")
    try:
        assert cli.main(["text", "--study", str(city)]) == 2
        assert "没有种子词" in capsys.readouterr().err
    finally:
        (own / "themes.toml").unlink()
        own.rmdir()
