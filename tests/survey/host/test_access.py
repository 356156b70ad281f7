"""The log of views: one line per view, rotated when long; views that cannot be logged are for analysts only."""

import json
import logging
from pathlib import Path

import pytest

from survey.errors import StoreError
from survey.host import access
from survey.host.sealed_lines import read_lines


def lines(root: Path) -> list[dict[str, object]]:
    return read_lines(root / access.VIEWS)


def test_a_view_is_logged_with_time_user_and_role(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.VARIABLE, "leader")
    access.log_view(tmp_path, {"page": "overview", "age": "60岁及以上"})
    access.log_view(tmp_path, {"page": "overview"})
    first, second = lines(tmp_path)
    assert set(first) == {"at", "who", "role", "page", "age"}
    assert first["role"] == "leader"
    assert first["age"] == "60岁及以上"
    assert "age" not in second


def test_a_long_log_is_rotated_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "FULL", 300)
    for at in range(12):
        access.log_view(tmp_path, {"page": f"p{at}"})
    files = sorted((tmp_path / "log").glob("views*.jsonl"))
    assert len(files) > 1
    pages = [json.loads(line)["page"] for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert sorted(pages) == sorted(f"p{at}" for at in range(12))
    assert (tmp_path / access.VIEWS).stat().st_size <= 600


@pytest.mark.parametrize("role", ["leader", "publicity", "unit"])
def test_an_unloggable_view_is_refused_to_others(role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv(access.VARIABLE, role)
    with pytest.raises(StoreError, match="查看记录写不进，不能向"):
        access.log_view(tmp_path, {"page": "overview"})


def test_an_analyst_can_view_a_read_only_study(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "log").write_text("in the way", encoding="utf-8")
    with caplog.at_level(logging.WARNING, logger="silu"):
        access.log_view(tmp_path, {"page": "overview"})
    assert "查看记录写不进" in caplog.text
