"""The installed packages against the list of a release, and how long ago they came."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from packaging.version import Version

import cli
from release import sbom
from release.lock import read_lock
from reports.health.installed import against_bill, package_age
from reports.health.machine_health import State
from survey.errors import ReadError


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The list that `make sbom` writes for the lock of this release."""
    path = tmp_path_factory.mktemp("bill") / "sbom.cdx.json"
    path.write_text(sbom.text(), encoding="utf-8")
    return path


def test_the_lock_of_this_release_is_its_own_list(listed: Path) -> None:
    locked = {one.name: Version(one.version) for one in read_lock()}  # the last version of a package with several
    assert against_bill(listed, locked).state is State.GOOD
    everywhere = {one.name: Version(one.version) for one in read_lock() if not one.marker}
    assert against_bill(listed, everywhere).state is State.GOOD, "a package of other machines is not missing"
    other = {**locked, "streamlit": Version("1.0")}
    del other["duckdb"]
    found = against_bill(listed, other)
    assert found.state is State.FAULT
    assert "streamlit 1.0（清单 " in found.found
    assert "没有装：duckdb" in found.found


NO_LISTS = ["", "[]", "{}", '{"bomFormat": "SPDX"}', '{"bomFormat": "CycloneDX", "components": [{"name": 3}]}', "\xff"]


@pytest.mark.parametrize("text", NO_LISTS)
def test_what_is_no_list_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ReadError, match="软件包清单读不出"):
        against_bill(path, {})
    with pytest.raises(ReadError):
        against_bill(tmp_path / "nowhere", {})


def test_packages_that_nobody_looked_after_are_noted() -> None:
    now = datetime.now(UTC)
    assert "天前" in package_age(now).found
    later = package_age(now + timedelta(days=4000))
    assert later.state is State.HINT
    assert "--vulnerabilities" in later.cure


def test_the_command_says_what_differs(
    listed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.upkeep.doctor.machine_health", lambda _: iter(()))
    read = json.loads(listed.read_text(encoding="utf-8"))
    next(one for one in read["components"] if one["name"] == "streamlit")["version"] = "0.1"
    (tmp_path / "other.json").write_text(json.dumps(read), encoding="utf-8")
    assert cli.main(["doctor", "--sbom", str(tmp_path / "other.json")]) == cli.EXIT_NEEDS_YOU
    shown = capsys.readouterr().out
    assert "× 软件包清单" in shown
    assert "（清单 0.1）" in shown
    assert "软件包的年龄" in shown
