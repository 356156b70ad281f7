"""The separator of a text file: declared by the file, or inferred from its first lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey.readers.files.delimited import open_delimited


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("first", ["sep={}\r\n", '"sep={}"\n', "sep={0}{0}{0}\n", "\ufeffsep={}\n"])
def test_a_declared_separator_is_used(tmp_path: Path, sign: str, first: str) -> None:
    other = "|" if sign == "," else ","
    lines = "\n".join(f"a{other}b" for _ in range(60))
    path = tmp_path / "a.csv"
    path.write_text(f'{first.format(sign)}编号{sign}意见\n1{sign}"{lines}"\n', encoding="utf-8", newline="")
    sheet, _ = open_delimited(path)
    assert sheet.head[1:] == (("编号", "意见"), ("1", lines))
    assert sheet.load(2).frame.to_pylist() == [{"c0": "1", "c1": lines}]


def test_text_that_only_resembles_a_declaration_is_data(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=x,意见\n1,好\n", encoding="utf-8")
    assert open_delimited(path)[0].head == (("sep=x", "意见"), ("1", "好"))
