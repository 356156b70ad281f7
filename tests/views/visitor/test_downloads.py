"""Downloads: logged first, for whoever still may; a disk that takes no record gives others than analysts nothing."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from accounts.audit.chain import AUDIT
from accounts.audit.files import note_files
from accounts.audit.keys import audit_key
from accounts.audit.log import Act, events, record
from accounts.database import account_file
from accounts.entry import Entry
from accounts.passwords import Hasher
from accounts.sessions import end, key_of
from accounts.users import User, add_users, disable, grant
from survey.errors import AccountError, StoreError
from survey.host import access
from survey.host.access import Role
from survey.host.person import acting, use_source
from survey.study.template.new_study import init_study
from tests.accounts.conftest import CHEAP, RIGHT
from views.door import visitor
from views.visitor import downloads
from views.visitor.downloads import Make, deferred
from views.visitor.session import STUDY_VARIABLE

FULL, CLOSED = "no file may grow", "/proc/sys/kernel"
"""A limit of the kernel, as on a full disk, and a folder that takes no new files, from root neither."""


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Entry]:
    study = init_study(tmp_path / "study")
    monkeypatch.setenv(STUDY_VARIABLE, str(study))
    made = Entry(account_file(study), hasher=Hasher(CHEAP))
    made.file.make()
    now = made.clock.now()
    add_users(made.file, [(User("ana", "安", Role.ANALYST, made=now, changed=now), made.hasher.hash(RIGHT))])
    visitor.watch(made)
    yield made
    visitor.watch(None)
    visitor._OWNERS.clear()
    use_source(None)


def button(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> tuple[Make, str]:
    """Return what a click on a button calls that was drawn for the analyst, and the key of the session."""
    key = key_of(entry.log_in("ana", RIGHT, "10.0.0.7"))
    monkeypatch.setattr(downloads, "key_in_use", lambda: key)
    found = entry.find(key)
    assert found is not None
    with acting(found.user.person(found.address)):
        return deferred(lambda: b"content", {"what": "单份答卷"}), key


def exports(root: Path) -> list[tuple[str, str, str]]:
    return [(line["account"], line["from"], line["what"]) for line in events(root, act=Act.EXPORT)]


def test_a_download_is_logged_with_the_person_of_the_button(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    make, _ = button(entry, monkeypatch)
    assert exports(entry.root) == []
    assert (make(), make()) == (b"content", b"content")
    assert exports(entry.root) == [("ana", "10.0.0.7", "单份答卷")] * 2


def test_a_button_that_was_drawn_before_gives_nothing_after(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser can ask for the file of a button without running the page again."""
    for take_away in (
        lambda key: grant(entry.file, "ana", Role.LEADER),
        lambda key: grant(entry.file, "ana", Role.ANALYST, district="东城区"),
        lambda key: grant(entry.file, "ana", None),
        lambda key: end(entry.file, key),
        lambda key: disable(entry.file, "ana"),
    ):
        make, key = button(entry, monkeypatch)
        take_away(key)
        with pytest.raises(AccountError, match="没有下载"):
            make()
        grant(entry.file, "ana", Role.ANALYST)
    assert exports(entry.root) == []


@contextmanager
def unwritable(study: Path, kind: str) -> Iterator[None]:
    """Let the log of a study take no record within the block, from root neither."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    (study / "log").mkdir(exist_ok=True)
    if kind == FULL:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    elif kind == CLOSED:
        (study / "log").rmdir()
        (study / "log").symlink_to(CLOSED)
    else:
        (study / AUDIT).mkdir()
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(not Path(CLOSED).is_dir(), reason=f"没有 {CLOSED}；记录写不进时的拒绝没有检查")
@pytest.mark.parametrize("kind", [FULL, CLOSED, "a folder in the way"])
@pytest.mark.parametrize("role", Role)
def test_what_cannot_be_logged_is_refused_to_all_but_analysts(
    role: Role, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "study.toml").touch()
    audit_key()
    monkeypatch.setenv(STUDY_VARIABLE, str(tmp_path))
    monkeypatch.setenv(access.VARIABLE, str(role))
    made: list[int] = []
    make = deferred(lambda: bytes(made.append(1) or 1), {"what": "整改台账"})
    with unwritable(tmp_path, kind):
        if role is Role.ANALYST:
            record(tmp_path, Act.VIEW, {"page": "overview"})
            assert make()
            return
        for ask in (make, lambda: record(tmp_path, Act.VIEW, {"page": "overview"}), lambda: note_files(tmp_path)):
            with pytest.raises(StoreError, match="查看记录写不进，不能向"):
                ask()
    assert not made, "no file was made"
