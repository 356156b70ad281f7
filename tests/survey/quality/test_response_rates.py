"""Response rates of the AAPOR Standard Definitions, calculated by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.errors import ArgumentError, StudyError
from survey.quality.response_rates import CODES, CaseCounts, outcome, read_dispositions

CASES = (
    ["1.1"] * 50 + ["1.2"] * 5 + ["2.1"] * 20 + ["2.2"] * 10 + ["2.3"] * 5 + ["3.1"] * 15 + ["3.2"] * 5 + ["4.5"] * 10
)


def test_rates_by_hand() -> None:
    found = outcome(CASES)
    assert found.e == pytest.approx(90 / 100)
    rates = found.rates()
    by_hand = {
        "RR1": 50 / 110, "RR2": 55 / 110, "RR3": 50 / (90 + 0.9 * 20), "RR4": 55 / (90 + 0.9 * 20),
        "RR5": 50 / 90, "RR6": 55 / 90, "COOP1": 50 / 80, "COOP2": 55 / 80, "COOP3": 50 / 75, "COOP4": 55 / 75,
        "REF1": 20 / 110, "REF2": 20 / 108, "REF3": 20 / 90, "CON1": 80 / 110, "CON2": 80 / 108, "CON3": 80 / 90,
    }  # fmt: skip
    assert rates == pytest.approx(by_hand)


def test_finer_codes_belong_to_their_group_and_others_are_refused() -> None:
    assert outcome(["1.1", "2.112", "2.35", "4.70"], e=1.0).counts == {"I": 1, "R": 1, "O": 1, "NE": 1}
    with pytest.raises(ArgumentError, match="不认识的接触结果"):
        outcome(["7.1"])
    with pytest.raises(ArgumentError, match="超出范围"):
        outcome(["1.1"], e=1.5)


@given(st.lists(st.sampled_from(sorted(CODES)), min_size=1, max_size=60))
def test_rates_keep_their_order(cases: list[str]) -> None:
    rates = outcome(cases).rates()
    if rates["RR5"] == rates["RR5"]:
        assert 0 <= rates["RR1"] <= rates["RR3"] + 1e-12 <= rates["RR5"] + 2e-12 <= 1 + 3e-12
        assert rates["RR2"] >= rates["RR1"]
        assert rates["RR6"] >= rates["RR5"]


def test_rates_without_cases_are_nan() -> None:
    assert all(value != value for value in CaseCounts({}, 1.0).rates().values())


def test_call_records_are_read_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("case,wave,disposition\n1,W1,1.1\n2,W1,2.1\n1,W2,1.1\n", encoding="utf-8-sig")
    assert read_dispositions(path, "W1") == ("1.1", "2.1")
    path.write_text("case,wave,disposition\n1,W1,1.1\n1,W1,2.1\n")
    with pytest.raises(StudyError, match="第 3 行 case 列：读到“1”"):
        read_dispositions(path, "W1")
    path.write_text("case,wave,disposition\n1,W1,9\n")
    with pytest.raises(StudyError, match=r"第 2 行 disposition 列：读到“9”，应为1\.1 完成访问"):
        read_dispositions(path, "W1")
    path.write_text("case,wave\n1,W1\n")
    with pytest.raises(StudyError, match="缺少列"):
        read_dispositions(path, "W1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_call_records_in_chinese_with_other_columns(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("样本,轮次,最终结果,备注\n甲1,W1,1.1,好\n甲2,W1,2.112,\n", encoding=encoding)
    assert read_dispositions(path, "W1") == ("1.1", "2.1")
    path.write_text("样本,轮次,最终结果,备注\n甲1,W1,9,好\n甲2,W1,,\n", encoding=encoding)
    with pytest.raises(StudyError, match=r"(?s)有 2 处问题.*第 2 行 最终结果 列.*第 3 行 最终结果 列"):
        read_dispositions(path, "W1")


def test_bytes_of_no_encoding_are_named(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(b"case,wave,disposition\n\xff\xff,W1,1.1\n")
    with pytest.raises(StudyError, match=r"contacts\.csv 的编码无法识别"):
        read_dispositions(path, "W1")
