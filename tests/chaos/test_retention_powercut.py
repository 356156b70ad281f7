"""Power cuts while data whose period has ended are deleted: the next run finishes, and nothing in between is half."""

from __future__ import annotations

import os
import random
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from reports.health.verification import verify
from reports.retention.deletion import delete_due
from reports.retention.due import due, places
from reports.retention.summaries import kept_summaries
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from tests.chaos.platter import Platter, watched
from tests.reports.retention.kept_study import END, SECRETS, WORDS, fill, found_in, make_study

CONTACTS_OVER, ALL_OVER = END + timedelta(days=91), date(2029, 3, 15)


def ids(root: Path) -> list[str]:
    return sorted(ResponseStore(root / "store").read(["response_id"])["response_id"].to_pylist())


def moments(folder: Path, today: date, images: Path, wanted: dict[int, int]) -> int:
    """Delete what is over on a watched disk and write what cuts leave of it; return the number of moments."""
    study = load_study(folder)
    shadow = images.parent / f"shadow-{len(wanted)}"
    shadow.mkdir()
    platter, seen = Platter(folder, shadow), 0

    def moment() -> None:
        nonlocal seen
        if seen in wanted:
            platter.cut(images / str(seen) / "town", random.Random(wanted[seen]))
        seen += 1

    with watched(platter, moment):
        delete_due(study, who="李四", why="到期", today=today)
    return seen


@pytest.mark.parametrize("today", [pytest.param(CONTACTS_OVER, marks=pytest.mark.slow), ALL_OVER])
def test_whatever_a_cut_leaves_is_whole_and_finished_by_the_next_run(tmp_path: Path, today: date) -> None:
    study = make_study(tmp_path / "filled")
    fill(study)
    before = ids(study.root)
    for name in ("trial", "study"):
        shutil.copytree(study.root, tmp_path / name)
    count = moments(tmp_path / "trial", today, tmp_path / "none", {})
    assert count > 40
    chance = random.Random(str(today))
    wanted = {at: chance.randrange(10**9) for at in chance.sample(range(count), 24 if today == CONTACTS_OVER else 6)}
    moments(tmp_path / "study", today, tmp_path / "images", wanted)
    for at in wanted:
        root = tmp_path / "images" / str(at) / "town"
        for path in root.rglob("*"):  # an hour later: what nobody finished is nobody's
            if path.is_file():
                os.utime(path, (path.stat().st_mtime - 3600, path.stat().st_mtime - 3600))
        left = ids(root)
        assert left in (before, []) if today == ALL_OVER else left == before, at
        cut = load_study(root)
        delete_due(cut, who="李四", why="到期", today=today)
        with places(cut, today) as opened:
            assert due(opened) == (), at
        assert [(fault.path, fault.what) for fault in verify(cut, seal=False).faults] == [], at
        assert found_in(root, SECRETS if today == CONTACTS_OVER else (*SECRETS, *WORDS)) == {}, at
        assert ids(root) == (before if today == CONTACTS_OVER else [])
        assert today == CONTACTS_OVER or set(kept_summaries(cut)) == {"W1"}
