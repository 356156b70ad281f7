"""A list of vulnerabilities in OSV format: what counts as affected, what is printed, and what is no list."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

import cli
from reports.packages import osv_file
from reports.packages.osv_file import read_records
from reports.packages.vulnerabilities import installed_packages, vulnerabilities, within
from survey.errors import ReadError

VERSIONS = st.integers(0, 30)
NUMPY = installed_packages()["numpy"]


def record(*events: dict[str, str], name: str = "numpy", versions: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges, "versions": list(versions)}
    return {"id": "PYSEC-2026-1", "affected": [affected], **more}


def written(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("events", "inside", "outside"),
    [
        ([{"introduced": "0"}, {"fixed": "1.5"}], ["0.0.1", "1.4.9", "1.5rc1"], ["1.5", "2"]),
        ([{"introduced": "1.2"}, {"last_affected": "1.4"}], ["1.2", "1.4"], ["1.1", "1.4.1", "1.5.dev1"]),
        ([{"introduced": "1"}], ["1", "99"], ["0.9", "1rc1"]),
        ([{"introduced": "1", "fixed": "2"}], ["1", "1.9"], ["2"]),
        ([{"fixed": "3"}, {"introduced": "2"}, {"fixed": "1"}, {"introduced": "0"}], ["0.5", "2.5"], ["1", "1.5", "3"]),
        ([{"introduced": "0"}, {"fixed": "2"}, {"introduced": "2"}, {"fixed": "3"}], ["2", "2.9"], ["3"]),
        ([{"introduced": "0"}, {"limit": "2"}], ["1"], ["2", "3"]),
        ([{"introduced": "0"}, {"limit": "*"}], ["1", "9"], []),
        ([{"introduced": "0"}, {"fixed": "1.0+local"}], ["0.9"], ["1.1"]),
        ([{"introduced": "0"}, {"fixed": "not a version"}], ["5"], []),
    ],
)
def test_a_range_is_evaluated_as_the_format_defines(
    events: list[dict[str, str]], inside: list[str], outside: list[str]
) -> None:
    assert [text for text in inside if not within(Version(text), events)] == []
    assert [text for text in outside if within(Version(text), events)] == []


@given(VERSIONS, VERSIONS, VERSIONS, st.randoms(use_true_random=False))
def test_a_version_is_affected_from_introduced_up_to_fixed_in_whatever_order(
    low: int, high: int, at: int, chance: Any
) -> None:
    low, high = sorted((low, high + 31))
    events = [{"introduced": f"1.{low}"}, {"fixed": f"1.{high}"}]
    chance.shuffle(events)
    assert within(Version(f"1.{at}"), events) == (low <= at < high)
    last = [{"last_affected": f"1.{high}"}, {"introduced": f"1.{low}"}]
    chance.shuffle(last)
    assert within(Version(f"1.{at}"), last) == (low <= at <= high)


def test_listed_versions_count_and_names_are_compared_as_packages_are_named() -> None:
    packages = {"scikit-learn": Version("1.9.1")}
    assert vulnerabilities([record(name="Scikit_Learn", versions=["1.9.1"])], packages)[0].package == "scikit-learn"
    assert vulnerabilities([record(name="scikit-learn", versions=["1.9.0"])], packages) == ()
    assert vulnerabilities([record(name="scikit", versions=["1.9.1"])], packages) == ()


def test_withdrawn_records_and_commit_ranges_are_ignored() -> None:
    packages = {"numpy": Version("2.0")}
    assert vulnerabilities([record({"introduced": "0"}, withdrawn="2026-01-01T00:00:00Z")], packages) == ()
    commits = {"type": "GIT", "events": [{"introduced": "0"}]}
    git = {"id": "X", "affected": [{"package": {"ecosystem": "PyPI", "name": "numpy"}, "ranges": [commits]}]}
    assert vulnerabilities([git], packages) == ()


def test_the_fixed_version_is_the_next_one_above() -> None:
    events = [{"introduced": "0"}, {"fixed": "1.3"}, {"introduced": "2"}, {"fixed": "2.4"}]
    (found,) = vulnerabilities([record(*events, aliases=["CVE-2026-1"])], {"numpy": Version("2.1")})
    assert (found.fixed, found.aliases) == ("2.4", ("CVE-2026-1",))


def test_doctor_names_package_fix_and_exits_with_three(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fixed = f"{NUMPY.major + 1}.0"
    path = written(tmp_path / "osv.json", record({"introduced": "0"}, {"fixed": fixed}, summary="overflow"))
    assert cli.main(["doctor", "--vulnerabilities", str(path)]) == 3
    out = capsys.readouterr().out
    assert f"× 漏洞：numpy {NUMPY}：PYSEC-2026-1 overflow" in out
    assert f"升级到 {fixed} 或更新的版本" in out


def test_a_vulnerability_without_a_fix_is_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "osv.json", [record(versions=[str(NUMPY)])])
    assert cli.main(["doctor", "--vulnerabilities", str(path)]) == 3
    assert "清单里没有修复的版本" in capsys.readouterr().out


def test_a_zip_of_records_is_read_and_a_clean_list_is_a_good_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("PYSEC-1.json", json.dumps(record({"introduced": "0"}, {"fixed": "0.1"})))
        archive.writestr(
            "npm.json", json.dumps({"id": "N", "affected": [{"package": {"ecosystem": "npm", "name": "x"}}]})
        )
        archive.writestr("README.txt", "no record")
    assert len(read_records(tmp_path / "all.zip")) == 1
    cli.main(["doctor", "--vulnerabilities", str(tmp_path / "all.zip")])
    assert "√ 漏洞：清单里 1 条" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<html>", "不是 JSON"),
        ("", "不是 JSON"),
        ("[" * 100_000, "不是 JSON"),
        ("[]", "是空的"),
        ("[1]", "不是 OSV 记录"),
        ('{"id": "X", "affected": [{"package": {"name": 7}}]}', "不是 OSV 记录"),
        ('{"id": "X", "affected": [{"ranges": [{"events": [{"fixed": 1}]}]}]}', "不是 OSV 记录"),
        ('{"id": "X", "affected": [{"package": {"ecosystem": "PyPl", "name": "numpy"}}]}', "PyPl"),
        ('{"id": "X", "affected": [{"package": {"ecosystem": "Debian:12", "name": "curl"}}]}', "Debian"),
        ('{"id": "X"}', "没有写生态"),
    ],
)
def test_a_file_that_is_not_osv_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, words: str
) -> None:
    path = tmp_path / "osv.json"
    path.write_text(content, encoding="utf-8")
    assert cli.main(["doctor", "--vulnerabilities", str(path)]) == 2
    assert words in capsys.readouterr().err


def test_a_file_that_is_not_there_an_empty_zip_and_a_broken_one(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="读不出来"):
        read_records(tmp_path / "none.json")
    zipfile.ZipFile(tmp_path / "empty.zip", "w").close()
    with pytest.raises(ReadError, match="是空的"):
        read_records(tmp_path / "empty.zip")
    with zipfile.ZipFile(tmp_path / "broken.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", json.dumps(record({"introduced": "0"})) * 50)
    content = bytearray((tmp_path / "broken.zip").read_bytes())
    content[60:90] = b"\xff" * 30
    (tmp_path / "broken.zip").write_bytes(bytes(content))
    with pytest.raises(ReadError, match="读不出来"):
        read_records(tmp_path / "broken.zip")


def test_a_zip_bomb_is_not_inflated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b" " * (osv_file.LARGEST_RECORD + 10))
    with pytest.raises(ReadError, match="大得不正常"):
        read_records(tmp_path / "bomb.zip")
    monkeypatch.setattr(osv_file, "LARGEST_ALL", 1000)
    with zipfile.ZipFile(tmp_path / "many.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.json", json.dumps(record({"introduced": "0"})))
    with pytest.raises(ReadError, match="大得不正常"):
        read_records(tmp_path / "many.zip")
    monkeypatch.setattr(osv_file, "MOST", 10)
    with pytest.raises(ReadError, match="文件太多"):
        read_records(tmp_path / "many.zip")
