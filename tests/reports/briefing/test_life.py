"""Life of documents: issued with hashes, withdrawn and corrected with a reason, found by a typed code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from accounts.audit.log import Act, events
from reports.briefing.issued import Issued, keep
from reports.briefing.life import State, Step, correct, find, history, note_issue, standing, state_of, withdraw
from reports.briefing.model import Briefing, Kind
from reports.briefing.record import code
from reports.health.verification import DOCUMENTS, access_logs
from survey.errors import AccountError, ArgumentError
from survey.host.access import Role
from survey.host.person import Person, acting
from survey.host.sealed_lines import check_lines


def issue(root: Path, found: Briefing) -> str:
    note_issue(root, code(found), {".docx": "0a"})
    return keep(root, found)


def newer(found: Briefing) -> Briefing:
    """Return the same document about the next data version."""
    facts = tuple((name, str(int(value) + 1) if name == "version" else value) for name, value in found.facts)
    return replace(found, facts=facts)


def test_a_withdrawn_document_says_by_whom_when_and_why(page: Briefing, tmp_path: Path) -> None:
    name = issue(tmp_path, page)
    issued = Issued(name, page)
    assert state_of(history(tmp_path), issued, issued.version) is State.CURRENT
    assert state_of(history(tmp_path), issued, issued.version + 1) is State.OUTDATED
    with acting(Person("wang", "王芳", Role.PUBLICITY)):
        done = withdraw(tmp_path, name[:4].lower(), "数据版本有误")
    assert (done.step, done.who, done.why) == (Step.WITHDRAWN, "王芳", "数据版本有误")
    said = standing(history(tmp_path), issued, issued.version)
    assert said.startswith("这份材料已撤回（王芳，")
    assert "数据版本有误" in said
    assert [one["code"] for one in events(tmp_path, act=Act.DOCUMENT)] == [name]
    for again in (lambda: withdraw(tmp_path, name, "再来"), lambda: note_issue(tmp_path, name, {".pdf": "0b"})):
        with pytest.raises(ArgumentError, match=r"已撤回|不再有效"):
            again()


def test_a_corrected_document_points_to_the_new_one(pages: Mapping[Kind, Briefing], tmp_path: Path) -> None:
    old, new = issue(tmp_path, pages[Kind.BRIEF]), issue(tmp_path, newer(pages[Kind.BRIEF]))
    other = issue(tmp_path, pages[Kind.CIRCULAR])
    with pytest.raises(ArgumentError, match="同一种类"):
        correct(tmp_path, old, other, "印错了")
    with pytest.raises(ArgumentError, match="要写明原因"):
        correct(tmp_path, old, new, " ")
    correct(tmp_path, old, new, "印错了")
    document = find(tmp_path, old)
    assert state_of(history(tmp_path), document, document.version) is State.CORRECTED
    assert f"以 {new} 为准" in standing(history(tmp_path), document, document.version)
    with pytest.raises(ArgumentError, match="已不再有效"):
        correct(tmp_path, new, old, "改回来")


def test_the_same_files_are_noted_once_and_the_log_is_sealed(page: Briefing, tmp_path: Path) -> None:
    for files in ({".docx": "0a"}, {".docx": "0a"}, {".pdf": "0b"}):
        note_issue(tmp_path, code(page), files)
    assert [dict(one.files or {}) for one in history(tmp_path)] == [{".docx": "0a"}, {".pdf": "0b"}]
    assert tmp_path / DOCUMENTS in access_logs(tmp_path)
    path = tmp_path / DOCUMENTS
    path.write_text(path.read_text(encoding="utf-8").replace("0a", "0c"), encoding="utf-8")
    assert check_lines(path).broken


def test_a_code_is_read_as_people_type_it(page: Briefing, tmp_path: Path) -> None:
    name = issue(tmp_path, page)
    for typed in (name, name.lower(), name.replace("-", " "), name[:4]):
        assert find(tmp_path, typed).code == name
    for typed in ("", name[:3], "0000-0000-0000"):
        with pytest.raises(ArgumentError, match="没有这个核验码"):
            find(tmp_path, typed)


@pytest.mark.parametrize("role", [Role.LEADER, Role.UNIT, Role.SYSTEM])
def test_only_those_who_write_documents_withdraw_them(page: Briefing, tmp_path: Path, role: Role) -> None:
    name = issue(tmp_path, page)
    with acting(Person("li", "李", role, district="青苇区")), pytest.raises(AccountError, match="撤回和更正领导材料"):
        withdraw(tmp_path, name, "印错了")
    assert [one.step for one in history(tmp_path)] == [Step.ISSUED]
