"""Batches: whole or not at all, the same again, with a list of what is in them and what is not."""

from __future__ import annotations

import csv
import errno
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from documents import batch
from documents.batch import LIST, CancelledError, Progress, write_batch
from documents.forms import FORMS
from reports.briefing.build import Part, Source, parts
from reports.briefing.issued import issued
from reports.briefing.model import Kind
from survey.errors import ArgumentError, DesignError, SiluError

HTML = [FORMS["html"]]


def rows_of(path: Path) -> list[list[str]]:
    with zipfile.ZipFile(path) as archive:
        return list(csv.reader(io.StringIO(archive.read(LIST).decode("utf-8-sig"))))


def test_every_area_is_in_the_archive_or_named_as_left_out(found: Source, tmp_path: Path) -> None:
    def refuse() -> None:
        raise DesignError("没有这个区县的答卷")

    some = [*parts(found, Kind.PROFILE), Part("远区", refuse)]  # type: ignore[arg-type]
    progress = Progress()
    one, two = (write_batch(tmp_path, tmp_path / f"{name}.zip", some, HTML, progress) for name in "ab")
    assert one.read_bytes() == two.read_bytes()
    rows = rows_of(one)
    assert [row[1] for row in rows[1:]] == [*found.facts.study.areas.districts, "远区"]
    assert rows[-1][-1] == "没有写：没有这个区县的答卷"
    assert {row[3] for row in rows[1:-1]} == {each.code for each in issued(tmp_path)}
    assert progress.done == progress.total == len(some)


def test_notices_stand_in_the_folder_of_their_unit(found: Source, tmp_path: Path) -> None:
    path = write_batch(tmp_path, tmp_path / "单.zip", parts(found, Kind.NOTICE), HTML, Progress())
    assert {name.split("/")[0] for name in zipfile.ZipFile(path).namelist()} == {"城市管理部门", LIST}
    assert len(parts(found, Kind.NOTICE, "城市管理部门")) == len(parts(found, Kind.NOTICE))
    with pytest.raises(ArgumentError, match="没有要发整改通知单"):
        parts(found, Kind.NOTICE, "园林部门")


def test_a_cancelled_batch_leaves_nothing(found: Source, tmp_path: Path) -> None:
    progress = Progress()
    with pytest.raises(CancelledError, match="已取消"):
        write_batch(tmp_path, tmp_path / "区.zip", parts(found, Kind.PROFILE), HTML, progress,
                    lambda now: now.stop.set() if now.done else None)  # fmt: skip
    assert progress.done == 1
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_named_and_nothing_is_kept(
    found: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(batch, "record", full)
    with pytest.raises(SiluError, match="磁盘满了"):
        write_batch(tmp_path, tmp_path / "区.zip", parts(found, Kind.BRIEF), HTML, Progress())
    assert list(tmp_path.iterdir()) == []


def test_a_reader_of_one_district_gets_that_district_only(found: Source) -> None:
    mine = found.facts.study.areas.districts[1]
    asked = replace(found.facts.selection, scope=frozenset({mine}))
    own = replace(found, facts=replace(found.facts, selection=asked))
    assert [one.name for one in parts(own, Kind.PROFILE)] == [mine]
    with pytest.raises(ArgumentError, match="不在您能看的范围内"):
        parts(own, Kind.PROFILE, found.facts.study.areas.districts[0])


def test_streets_are_written_and_no_community_is_named(found: Source) -> None:
    every = parts(found, Kind.PROFILE, level="street")
    frame = found.facts.study.areas.frame
    assert len(every) == frame["street"].nunique()
    page = every[0].make()
    names = set(frame["community"].astype(str)) - set(frame["street"].astype(str))
    said = "\n".join(sentence.text for sentence in page.sentences)
    assert page.area in said
    assert not [name for name in names if name in said]
