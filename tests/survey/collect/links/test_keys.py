"""The keys of the form: a private file, rotation without interruption, and detection of a lost file."""

from __future__ import annotations

import shutil
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

import cli
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.links.keys import EMBEDDED, FILE, FINGERPRINT, keys_of, replace_lost, retire, rotate, seals_of
from survey.collect.links.seals import Invitation, Pass, Seals
from survey.errors import ArgumentError, CollectError
from survey.study.study import Study, load_study
from tests.survey.collect.inbox.inbox_submissions import submission

GIVEN = Pass("访01", "household")
INVITED = Invitation(1, 101)


def test_the_first_call_makes_one_key_for_its_owner_alone(study: Study, backend: SqliteBackend) -> None:
    (key,) = keys_of(study, backend)
    assert stat.S_IMODE((study.root / FILE).stat().st_mode) == 0o600
    assert keys_of(study, backend) == (key,)
    assert len(key.secret) == 32
    assert backend.recall(FINGERPRINT) == key.fingerprint
    assert key.secret.hex() not in (study.root / "inbox" / "inbox.sqlite").read_bytes().decode("latin-1")


def test_a_group_that_shares_the_study_may_read_it(study: Study, backend: SqliteBackend) -> None:
    text = (study.root / "study.toml").read_text(encoding="utf-8").replace('group = ""', 'group = "x"')
    (study.root / "study.toml").write_text(text, encoding="utf-8")
    keys_of(load_study(study.root), backend)
    assert stat.S_IMODE((study.root / FILE).stat().st_mode) == 0o640


def test_a_file_that_others_can_read_is_closed(study: Study, backend: SqliteBackend) -> None:
    keys_of(study, backend)
    (study.root / FILE).chmod(0o644)
    keys_of(study, backend)
    assert stat.S_IMODE((study.root / FILE).stat().st_mode) == 0o600


def test_the_key_that_an_inbox_of_version_0_1_0_kept_moves_out(study: Study, backend: SqliteBackend) -> None:
    old = "ab" * 32
    backend.remember(EMBEDDED, old, once=True)
    receipt = Seals(bytes.fromhex(old)).receipt(7)
    assert seals_of(study, backend).number(receipt) == 7
    assert backend.recall(EMBEDDED) not in (old, "", None)
    assert bytes.fromhex(old) == keys_of(study, backend)[0].secret


def test_ten_processes_that_begin_at_once_have_one_key(study: Study) -> None:
    def begin(_: int) -> bytes:
        backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
        try:
            return keys_of(study, backend)[0].secret
        finally:
            backend.close()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(begin, range(10)))) == 1


def test_a_new_key_leaves_what_was_made_before_good_and_retiring_ends_it(study: Study, backend: SqliteBackend) -> None:
    before = seals_of(study, backend)
    receipt, invitation, link = before.receipt(3), before.invitation(INVITED), before.interviewer_pass(GIVEN)
    rotate(study, backend)
    after = seals_of(study, backend)
    assert after.receipt(3) != receipt
    assert (after.number(receipt), after.invited(invitation), after.interviewer(link)) == (3, INVITED, GIVEN)
    retire(study, backend)
    last = seals_of(study, backend)
    assert (last.number(receipt), last.invited(invitation), last.interviewer(link)) == (None, None, None)
    assert last.number(after.receipt(3)) == 3


def test_old_keys_are_kept_while_answers_wait_that_they_vouch_for(study: Study, backend: SqliteBackend) -> None:
    rotate(study, backend)
    backend.write([submission(1)])
    with pytest.raises(ArgumentError, match="还有答卷没有入库"):
        retire(study, backend)
    assert len(keys_of(study, backend)) == 2


def test_a_lost_file_is_missed_before_another_key_is_made(study: Study, backend: SqliteBackend) -> None:
    keys_of(study, backend)
    with pytest.raises(ArgumentError, match="密钥文件还在"):
        replace_lost(study, backend)
    (study.root / FILE).rename(study.root / "away")
    with pytest.raises(CollectError, match="密钥文件不见了"):
        keys_of(study, backend)
    assert not (study.root / FILE).exists()
    made = replace_lost(study, backend)
    assert keys_of(study, backend) == made


def test_the_file_of_another_study_is_refused(study: Study, backend: SqliteBackend) -> None:
    keys_of(study, backend)
    (study.root / FILE).write_text(f"2026-01-01T00:00:00+00:00 {'cd' * 32}\n", encoding="ascii")
    with pytest.raises(CollectError, match="不是这个收件箱的"):
        keys_of(study, backend)


@pytest.mark.parametrize("content", ["", "2026 zz\n", "2026 abcd\n", "one\n", "2026 " + "ab" * 31 + "\n"])
def test_a_damaged_file_is_reported(content: str, study: Study, backend: SqliteBackend) -> None:
    keys_of(study, backend)
    (study.root / FILE).write_text(content, encoding="ascii")
    with pytest.raises(CollectError, match="密钥文件损坏"):
        keys_of(study, backend)


def test_the_command_lists_changes_and_never_prints_a_key(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["keys", str(study.root)]
    assert cli.main(command) == 0
    assert cli.main([*command, "--rotate"]) == 0
    assert cli.main(command) == 0
    printed = capsys.readouterr().out
    assert "只核对以前发出的" in printed
    assert "以前发出的仍然有效" in printed
    assert cli.main([*command, "--retire"]) == 0
    assert "请重新发放" in capsys.readouterr().out
    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    secrets = [key.secret.hex() for key in keys_of(study, backend)]
    backend.close()
    assert not any(secret in printed for secret in secrets)
    shutil.rmtree(study.root / "secrets")
    assert cli.main(command) == cli.EXIT_USER_ERROR
    assert cli.main([*command, "--lost"]) == 0
    assert "全部作废" in capsys.readouterr().out
