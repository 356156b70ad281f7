"""Power cuts and failing disks: acknowledged submissions survive, others are refused."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from benchmarks.collect_powercut import Disk, trial
from survey.collect.inbox.inbox import State
from survey.collect.inbox.sqlite import SqliteBackend
from tests.survey.collect.inbox.inbox_submissions import submission

LETTERS = [submission(number, b"x" * 640 + b"%d" % number) for number in range(1, 401)]


@pytest.mark.parametrize("group", [1, 20])
def test_no_power_cut_loses_an_acknowledged_submission(group: int) -> None:
    trials = [trial(seed, group, LETTERS) for seed in range(5000, 5060)]
    assert sum(one.acked for one in trials) > 500
    assert [one for one in trials if one.lost or not one.readable] == []


def test_the_simulated_disk_loses_submissions_with_synchronous_normal() -> None:
    assert sum(trial(seed, 20, LETTERS, "NORMAL").lost for seed in range(6000, 6010)) > 0


@pytest.mark.parametrize("fault", [apsw.FullError, apsw.IOError, apsw.ReadOnlyError])
def test_a_full_broken_or_read_only_disk_refuses_and_works_again_when_mended(
    fault: type[Exception], tmp_path: Path
) -> None:
    disk = Disk(f"fault-{fault.__name__}")
    backend = SqliteBackend(tmp_path / "i.sqlite", lambda _: disk.connect(Path("/i.sqlite")))
    backend.write(LETTERS[:10])
    disk.fault = fault
    with pytest.raises(apsw.Error):
        backend.write(LETTERS[10:20])
    disk.fault = None
    assert [stored.submission for stored in backend.read(0, 100)] == LETTERS[:10]
    states = {receipt.state for receipt in backend.write(LETTERS[5:20])}
    assert states == {State.SAME, State.STORED}
    assert [stored.submission for stored in backend.read(0, 100)] == LETTERS[:20]
    backend.close()
