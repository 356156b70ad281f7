"""Opening files by content, finding headings, detecting tools, and rejecting all kinds of bad files."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from survey.errors import CodingError, ReadError
from survey.instrument.questionnaire import Questionnaire, parse_questionnaire, read_questionnaire
from survey.readers import registry
from survey.readers.cells.dialect import Values
from survey.readers.files.limits import SMALL
from survey.readers.files.opening import open_file
from survey.readers.tables.read_table import Form, Guide, ReadTable
from tests.survey.small_study import EXPORTS, HEADING, QUESTIONNAIRE, answer, write_csv, write_xlsx


@pytest.fixture(scope="module")
def sample() -> Questionnaire:
    return read_questionnaire(EXPORTS / "wm_questionnaire.surveyjs.json")


@pytest.fixture(scope="module")
def small() -> Questionnaire:
    return parse_questionnaire(QUESTIONNAIRE)


def read(path: Path, questionnaire: Questionnaire, **mapping: str) -> ReadTable:
    return registry.read(open_file(path), Guide(questionnaire, mapping))


def cells(row: dict[str, str]) -> list[str]:
    return [row[name] for name in HEADING]


@pytest.mark.parametrize(
    ("name", "values", "encoding"),
    [
        ("wjx_123456_按文本_14_14.xlsx", Values.EITHER, ""),
        ("wjx_text_gb18030.csv", Values.EITHER, "gb18030"),
        ("wjx_text_utf8bom.csv", Values.EITHER, "utf-8"),
        ("wjx_123456_按序号_14_14.xlsx", Values.POSITION, ""),
        ("wjx_old_序号.xls", Values.POSITION, ""),
    ],
)
def test_samples_are_recognised_whole(name: str, values: Values, encoding: str, sample: Questionnaire) -> None:
    table = read(EXPORTS / name, sample)
    fed = {column.target for column in table.columns if column.form is not Form.META}
    asked = {question.name for question in sample.questions}
    assert {target.partition(".")[0] for target in fed} == asked
    assert table.provenance.reader == "wjx"
    assert (table.dialect.values, table.provenance.encoding) == (values, encoding)
    assert table.unused == ()
    assert table.rows.tolist() == list(range(2, 16))
    assert table.lost == (("q2.other",) if values is Values.POSITION else ())


def test_name_and_suffix_do_not_matter(tmp_path: Path, sample: Questionnaire) -> None:
    shutil.copy(EXPORTS / "wjx_text_gb18030.csv", tmp_path / "数据.xlsx")
    shutil.copy(EXPORTS / "wjx_123456_按文本_14_14.xlsx", tmp_path / "数据.csv")
    assert read(tmp_path / "数据.xlsx", sample).frame.num_rows == 14
    assert read(tmp_path / "数据.csv", sample).frame.num_rows == 14


@pytest.mark.parametrize(
    ("headings", "targets"),
    [
        (("1、您的年龄", "2.您知道吗?", "3：从哪里知道的？ "), ("S1", "A1", "B1")),
        (
            ("3、从哪里知道的？(电视、广播)", "3、(电视)", "3、(报纸)", "3、（都没有）"),
            ("B1.1", "B1.2", "B1.3", "B1.4"),
        ),
        (("3.从哪里知道的?( 电视、广播)", "3 ( 电视)", "3 (报纸)"), ("B1.1", "B1.2", "B1.3")),
        (("第3题(电视、广播)", "第3题(电视)"), ("B1.1", "B1.2")),
        (("第4题（环境）", "第4题（交通）"), ("E.E1", "E.E2")),
        (("4、您满意吗？—环境", "4、交通"), ("E.E1", "E.E2")),
        (("6、您的性别  ", "5．您的意见"), ("J1", "H1")),
    ],
)
def test_wjx_headings(
    headings: tuple[str, ...], targets: tuple[str, ...], tmp_path: Path, small: Questionnaire
) -> None:
    # the other questions are added, so that the file matches this questionnaire
    whole = {"S1": "1、您的年龄", "A1": "2、您知道吗？", "H1": "5、您的意见", "J1": "6、您的性别"}
    fed = {target.partition(".")[0] for target in targets}
    meta = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
    heading = [*meta, *headings, *(text for name, text in whole.items() if name not in fed)]
    path = write_xlsx(tmp_path / "a.xlsx", [heading, [*"123456", *["x"] * (len(heading) - 6)]])
    columns = {column.heading: column.target for column in read(path, small).columns}
    assert tuple(columns[text.strip()] for text in headings) == targets


def test_psu_in_a_link_parameter_column_of_wjx(tmp_path: Path, small: Questionnaire) -> None:
    heading = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "社区编码", "经纬度"]
    heading += ["1、您的年龄", "2、您知道吗？", "5、您的意见", "6、您的性别"]
    path = write_xlsx(tmp_path / "a.xlsx", [heading, ["x"] * len(heading)])
    table = read(path, small)
    assert "psu" in {column.target for column in table.columns}
    assert table.unused == ()


def test_native_by_title_by_name_and_by_hand(tmp_path: Path, small: Questionnaire) -> None:
    row = answer(1)
    heading = ["编号", "社区编码", "您的年龄", "您知道吗", "B1", "环境", "您满意吗？—交通", "意见栏", "性别"]
    given = [row[name] for name in ("response_id", "psu", "S1", "A1", "B1", "E.E1", "E.E2", "H1", "J1")]
    table = read(write_xlsx(tmp_path / "a.xlsx", [heading, given]), small, 性别="J1")
    targets = [column.target for column in table.columns]
    assert targets == ["response_id", "psu", "S1", "A1", "B1", "E.E1", "E.E2", "J1"]
    assert table.unused == ("意见栏",)


def test_titles_bands_blank_rows_totals_and_hidden_sheets(tmp_path: Path, small: Questionnaire) -> None:
    import xlsxwriter

    path = tmp_path / "汇总.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        notes, sheet = book.add_worksheet("说明"), book.add_worksheet("数据")
        notes.write(0, 0, "内部使用")
        notes.hide()
        sheet.activate()
        sheet.merge_range(2, 1, 2, 8, "2027年3月汇总表")
        for column, heading in enumerate(HEADING, start=1):
            sheet.write_string(5, column, heading)
        for row, number in ((6, 1), (9, 2)):  # rows 8 and 9 of Excel stay blank
            for column, cell in enumerate(cells(answer(number)), start=1):
                sheet.write_string(row, column, cell)
        sheet.write_string(10, 1, "合 计")
        sheet.write_number(10, 4, 240)
    table = read(path, small)
    assert (table.provenance.sheet, table.provenance.header_row) == ("数据", 6)
    assert table.rows.tolist() == [7, 10]
    assert (table.ignored, table.hidden) == ((11,), ("说明",))
    assert [column.letters for column in table.columns][:3] == ["B", "C", "D"]


def test_rows_of_a_csv_are_those_of_excel(tmp_path: Path, small: Questionnaire) -> None:
    first, second = cells(answer(1, H1="上\n下")), cells(answer(2))
    lines = ["标题", ",".join(HEADING), ",".join(first).replace("上\n下", '"上\n下"'), "", "断,行", ",".join(second)]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    table = read(tmp_path / "a.csv", small)
    assert table.rows.tolist() == [3, 6]
    assert table.frame["c12"].to_pylist() == ["上\n下", ""]
    assert [(row.row, row.text, row.cells, row.expected) for row in table.broken] == [(5, "断,行", 2, len(HEADING))]


@pytest.mark.parametrize(("separator", "encoding"), [("\t", "utf-16"), (";", "utf-8"), (",", "gb18030")])
def test_separators_and_encodings(separator: str, encoding: str, tmp_path: Path, small: Questionnaire) -> None:
    text = "\r\n".join(separator.join(row) for row in (HEADING, cells(answer(1, H1="𠮷镕喆"))))
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    assert read(tmp_path / "a.csv", small).frame["c12"].to_pylist() == ["𠮷镕喆"]


def test_formula_errors_are_not_blank(tmp_path: Path, small: Questionnaire) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, cells(answer(1)))
        sheet.write_formula(1, HEADING.index("J1"), "=1/0", None, "#DIV/0!")
    assert read(path, small).frame[f"c{HEADING.index('J1')}"].to_pylist() == ["#错误"]


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as member:
            for _ in range(2 * SMALL // 2**20):
                member.write(bytes(2**20))


def half(path: Path) -> None:
    whole = (EXPORTS / "wjx_123456_按文本_14_14.xlsx").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def half_xls(path: Path) -> None:
    whole = (EXPORTS / "wjx_old_序号.xls").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def half_character(path: Path) -> None:
    path.write_bytes(",".join(HEADING).encode() + "\n1,意见".encode()[:-1])


def plain_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("答卷.csv", "x")


def encrypted(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600))


BAD = {
    "空": (lambda path: path.write_bytes(b""), "文件是空的"),
    "空白": (lambda path: path.write_bytes(b"\xef\xbb\xbf" * 0 + b" \r\n\r\n"), "文件是空的"),
    "炸弹": (bomb, "大得不正常"),
    "半个xlsx": (half, "损坏或不完整"),
    "半个xls": (half_xls, "损坏或不完整"),
    "半个字": (half_character, "被截断"),
    "编码": (lambda path: path.write_bytes(b"id,\xff\xff\xfe\x80\n1,2\n"), "文字编码认不出来"),
    "网页": (lambda path: path.write_bytes(b"<html><table><tr><td>1</td></tr></table></html>"), "网页"),
    "压缩包": (plain_zip, "压缩包"),
    "密码": (encrypted, "密码"),
    "PDF": (lambda path: path.write_bytes(b"%PDF-1.7 ..."), "不是答卷数据文件"),
    "乱码": (lambda path: path.write_bytes("锟斤拷,锟斤拷\n1,2\n".encode()), "乱码"),
    "别的": (lambda path: path.write_bytes("姓名,电话\n张三,1\n".encode()), "认不出这个文件的格式"),
    "只有表头": (lambda path: write_csv(path, []), "只有表头"),
    "文件夹": (lambda path: path.mkdir(), "文件夹"),
}


@pytest.mark.parametrize("kind", sorted(BAD))
def test_bad_files_are_reported_in_chinese(kind: str, tmp_path: Path, small: Questionnaire) -> None:
    make, what = BAD[kind]
    make(tmp_path / "a.dat")
    with pytest.raises(ReadError) as caught:
        read(tmp_path / "a.dat", small)
    assert what in str(caught.value)
    assert "a.dat" in str(caught.value)


def test_missing_and_locked_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ReadError, match="找不到文件"):
        open_file(tmp_path / "没有.xlsx")

    def locked(self: Path, *args: object, **options: object) -> None:
        raise PermissionError(13, "locked")

    monkeypatch.setattr(Path, "open", locked)
    with pytest.raises(ReadError, match="占用"):
        open_file(EXPORTS / "truth.csv")


def test_inflating_more_than_declared_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that exceeds its declared size is stopped by the limits of the child."""
    from survey.readers.files import excel

    monkeypatch.setattr(excel, "allowance", lambda size: (300 * 2**20, 60))
    sheet = "xl/worksheets/sheet1.xml"
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet().write(0, 0, "题目")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as good, zipfile.ZipFile(tmp_path / "b.xlsx", "w", 8) as bad:
        for name in good.namelist():
            if name != sheet:
                bad.writestr(name, good.read(name))
        begin, _, end = good.read(sheet).decode().partition("<sheetData>")
        row = '<row r="{}"><c r="A{}" t="inlineStr"><is><t>' + "是" * 200 + "</t></is></c></row>"
        rows = "".join(row.format(n, n) for n in range(1, 300_001))
        bad.writestr(sheet, begin + "<sheetData>" + rows + end.partition("</sheetData>")[1] + "</worksheet>")
        true = bad.getinfo(sheet).file_size
    packed = (tmp_path / "b.xlsx").read_bytes().replace(true.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    (tmp_path / "b.xlsx").write_bytes(packed)
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        assert archive.getinfo(sheet).file_size == 1000
    with pytest.raises(ReadError, match="损坏"):
        open_file(tmp_path / "b.xlsx")


def test_a_child_without_memory_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    from survey.readers.files import excel

    monkeypatch.setattr(excel, "allowance", lambda size: (60 * 2**20, 10))
    with pytest.raises(ReadError, match="损坏"):
        open_file(EXPORTS / "wjx_123456_按文本_14_14.xlsx")


def test_two_columns_of_one_name(tmp_path: Path, small: Questionnaire) -> None:
    path = write_csv(tmp_path / "a.csv", [answer(1)], (*HEADING, "A1"))
    with pytest.raises(CodingError) as caught:
        read(path, small)
    assert "第 H 列和第 O 列" in str(caught.value)


def test_another_questionnaire(small: Questionnaire) -> None:
    with pytest.raises(CodingError, match="对不上"):
        read(EXPORTS / "wjx_text_utf8bom.csv", small)


def test_blank_rows_are_found_in_any_column(tmp_path: Path, small: Questionnaire) -> None:
    rows = [cells(answer(1)), [""] * len(HEADING), [*[""] * (len(HEADING) - 1), "男"], ["\u3000"] * len(HEADING)]
    table = read(write_xlsx(tmp_path / "a.xlsx", [HEADING, *rows]), small)
    assert table.rows.tolist() == [2, 4]
    assert table.rows.dtype == np.int32
