"""The list of interviewers: read in any encoding, every faulty row named."""

from pathlib import Path

import pytest

from survey.errors import StudyError
from survey.quality.interviewers import read_affiliations


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("head", ["interviewer,employer,电话", "访问员,所属单位,电话"])
def test_a_list_is_read(tmp_path: Path, head: str, encoding: str) -> None:
    path = tmp_path / "interviewers.csv"
    path.write_text(f"{head}\n访01, 某调查公司 ,1\n\n访02,某大学,\n", encoding=encoding)
    assert read_affiliations(path) == {"访01": "某调查公司", "访02": "某大学"}


def test_a_list_without_rows_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "interviewers.csv"
    path.write_text("interviewer,employer\n", encoding="utf-8")
    assert read_affiliations(path) == {}


def test_every_faulty_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "interviewers.csv"
    path.write_text("访问员,所属单位\n访01,\n,某大学\n访02,甲\n访02,乙\n", encoding="gb18030")
    with pytest.raises(StudyError) as error:
        read_affiliations(path)
    for place in ("第 2 行 所属单位 列", "第 3 行 访问员 列", "第 5 行 访问员 列：读到“访02”"):
        assert place in str(error.value)
    assert "interviewers.csv 有 3 处问题" in str(error.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("interviewer\n访01\n", "缺少列.*所属单位（employer）"),
        ("interviewer,employer,,电话\n访01,甲,,1\n", "有一列没有列名"),
        ("interviewer,employer,employer\n访01,甲,乙\n", "有两列同名"),
        ("", "是空文件"),
    ],
)
def test_a_faulty_heading_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "interviewers.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=f"(?s){words}"):
        read_affiliations(path)
