"""Encodings of long and foreign text files, oversized cells, and dictionary-encoded columns."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from opencc import OpenCC

from survey.errors import ReadError
from survey.importing.coding import code_table
from survey.instrument.questionnaire import Questionnaire, parse_questionnaire
from survey.readers import registry
from survey.readers.files import encoding
from survey.readers.files.encoding import find_encoding, is_big5
from survey.readers.files.opening import open_file
from survey.readers.files.sheet import REPEATED, as_text, distinct
from survey.readers.tables.read_table import Guide, ReadTable
from tests.survey.small_study import EXPORTS, HEADING, QUESTIONNAIRE, answer, make_study, write_csv

LINE = ",".join(answer(1)[name] for name in HEADING)
HEAD = 4_096


@pytest.fixture(scope="module")
def small() -> Questionnaire:
    return parse_questionnaire(QUESTIONNAIRE)


@pytest.fixture(autouse=True)
def short_head(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat files of 4 kB as long."""
    monkeypatch.setattr(encoding, "CHUNK", HEAD)


def read(path: Path, questionnaire: Questionnaire) -> ReadTable:
    return registry.read(open_file(path), Guide(questionnaire))


def lines(count: int, ending: bytes = b"") -> bytes:
    return "\n".join([",".join(HEADING), *[LINE] * count]).encode() + b"\n" + ending


def test_a_long_utf8_file(tmp_path: Path, small: Questionnaire) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(lines(500))
    assert path.stat().st_size > 4 * HEAD
    assert find_encoding(path) == "utf-8"
    assert read(path, small).frame.num_rows == 500


@pytest.mark.parametrize("ending", ["意见".encode()[:-1], f"{LINE}\n".encode("gb18030") * 3], ids=["cut", "mixed"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_the_end_of_the_file_is_checked_too(mark: bytes, ending: bytes, tmp_path: Path, small: Questionnaire) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(mark + lines(500, ending))
    with pytest.raises(ReadError, match=r"被截断|认不出来") as caught:
        read(path, small)
    assert "a.csv 第 502 行附近" in str(caught.value)


def test_ascii_first_and_gb18030_later(tmp_path: Path, small: Questionnaire) -> None:
    plain = ",".join((answer(1) | {"A1": "1", "E.E1": "1", "J1": "1"})[name] for name in HEADING)
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join([",".join(HEADING), *[plain] * 500, LINE]).encode("gb18030"))
    table = read(path, small)
    assert table.provenance.encoding == "gb18030"
    assert table.frame[f"c{HEADING.index('A1')}"].to_pylist()[-2:] == ["1", "知道"]


def test_big5_is_rejected_with_advice(tmp_path: Path, small: Questionnaire) -> None:
    text = OpenCC("s2t").convert((EXPORTS / "wjx_text_utf8bom.csv").read_text(encoding="utf-8-sig"))
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode("big5", errors="ignore"))
    with pytest.raises(ReadError, match="Big5") as caught:
        read(path, small)
    assert "UTF-8" in caught.value.cure
    assert "a.csv" in caught.value.where


def test_gb18030_in_either_script_is_not_taken_for_big5() -> None:
    text = (EXPORTS / "wjx_text_utf8bom.csv").read_text(encoding="utf-8-sig")
    traditional = OpenCC("s2t").convert(text)
    assert not is_big5(text.encode("gb18030"))
    assert not is_big5(traditional.encode("gb18030"))
    assert not is_big5(b"id,A1\n1,2\n")
    assert is_big5(traditional.encode("big5", errors="ignore"))


def test_an_unclosed_cell_is_reported_in_chinese_with_its_line(tmp_path: Path, small: Questionnaire) -> None:
    rows = [answer(1), answer(2), answer(3, H1="长" * 3_000_000), answer(4)]
    with pytest.raises(ReadError, match="超过 1 MB") as caught:
        read(write_csv(tmp_path / "a.csv", rows), small)
    assert caught.value.where == "a.csv 第 4 行起"
    assert "straddling" not in str(caught.value)


@pytest.mark.parametrize(("column", "at"), [(HEADING[-1], 2), ("interviewer", 2), ("response_id", 1), (HEADING[-1], 4)])
def test_an_unclosed_quote_is_reported(tmp_path: Path, small: Questionnaire, column: str, at: int) -> None:
    """In the last column, the record even has the right number of cells."""
    lines = [HEADING, *([answer(number)[name] for name in HEADING] for number in range(1, 5))]
    lines[at] = [f'"{cell or 1}' if name == column else cell for name, cell in zip(HEADING, lines[at], strict=True)]
    (tmp_path / "a.csv").write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")
    with pytest.raises(ReadError, match="引号没有成对") as caught:
        read(tmp_path / "a.csv", small)
    assert caught.value.where == f"a.csv 第 {at + 1} 行起"


@pytest.mark.parametrize("text", ['"两行\n意见"', '"末尾空行\n"', '他说"很好', '"说""好""\n了"'])
@pytest.mark.parametrize("end", ["\n", ""])
def test_a_last_answer_of_several_lines_is_whole(tmp_path: Path, small: Questionnaire, text: str, end: str) -> None:
    lines = [HEADING, *([answer(number)[name] for name in HEADING] for number in range(1, 5))]
    lines[4][-1] = text
    (tmp_path / "a.csv").write_text("\n".join(map(",".join, lines)) + end, encoding="utf-8")
    assert read(tmp_path / "a.csv", small).frame.num_rows == 4


def test_closed_columns_are_read_by_their_distinct_texts(tmp_path: Path, small: Questionnaire) -> None:
    rows = [answer(number, H1=f"意见{number}", A1=("知道", "不知道")[number % 2]) for number in range(300)]
    table = read(write_csv(tmp_path / "a.csv", rows), small)
    kinds = {name: table.frame.schema.field(f"c{index}").type for index, name in enumerate(HEADING)}
    assert kinds["A1"] == kinds["E.E1"] == kinds["interviewer"] == REPEATED
    assert kinds["H1"] == kinds["response_id"] == kinds["submitted"] == pa.string()
    assert as_text(table.frame[f"c{HEADING.index('A1')}"]).to_pylist() == [row["A1"] for row in rows]


def test_texts_of_dropped_rows_cause_no_findings(tmp_path: Path) -> None:
    """A total row contains values that are not answers; it is dropped before coding."""
    study = make_study(tmp_path / "study")
    total = dict.fromkeys(HEADING, "999") | {"response_id": "合计", "A1": "九成", "B1": "很多", "weight": "-3"}
    blank = dict.fromkeys(HEADING, "")
    path = write_csv(tmp_path / "a.csv", [answer(1), blank, answer(2), total])
    coded = code_table(read(path, study.questionnaire), study, study.waves[0], mode="household")
    assert coded.responses.num_rows == 2
    assert coded.rejected.num_rows == 0
    assert {code.value for code in coded.issues.count()} == {"summary_row"}


def test_distinct_unifies_chunks_and_fills_blanks() -> None:
    chunks = [pa.array(["b", "a"]).dictionary_encode(), pa.array(["c", "a"]).dictionary_encode()]
    assert distinct(pa.chunked_array(chunks)).to_pylist() == ["b", "a", "c", "a"]
    assert distinct(pa.chunked_array(chunks)).dictionary.to_pylist() == ["b", "a", "c"]
    assert distinct(pa.chunked_array([["x", None], ["x"]])).to_pylist() == ["x", "", "x"]
    assert distinct(pa.chunked_array([], pa.string())).to_pylist() == []
    assert distinct(pa.chunked_array([], REPEATED)).to_pylist() == []
