"""10,000 wrong passwords at a real dashboard: figures by `python -m benchmarks.guessing`."""

from pathlib import Path
from statistics import median

import pytest

from accounts.passwords import Hasher
from reports.health.audit import check_log
from tests.accounts.conftest import CHEAP
from tests.security.conftest import Attack
from tests.security.dashboards import serving
from tests.security.guessing import KINDS, besiege, besieged_study

pytestmark = [pytest.mark.server, pytest.mark.slow]
COUNT = 10_000


def test_ten_thousand_wrong_passwords_tell_nothing_and_keep_nobody_out(tmp_path: Path, attack: Attack) -> None:
    study = besieged_study(tmp_path / "study", Hasher(CHEAP))
    with serving(study) as served:
        found = besiege(served, COUNT)
    assert len(found.answers) == COUNT
    assert {one.status for one in found.answers} == {401, 429}
    assert len(found.words(401)) == len(found.words(429)) == 1, "the same words for every kind of name"
    for kind in KINDS[1:]:
        share, _ = found.likelier_longer(kind)
        assert abs(share - 0.5) < 0.04, f"{kind} names take another time: {share:.3f}"
    assert {one.status for one in found.owner} == {303}, "the right user gets in all the time"
    tenth = len(found.memory) // 10
    assert median(found.memory[-tenth:]) - median(found.memory[:tenth]) < 40, "megabytes"
    assert check_log(study).faults == []
    attack("passwords of 42 names guessed from 40 addresses at once", COUNT, "401, then 429; same words and time")
