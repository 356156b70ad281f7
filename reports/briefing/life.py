"""Life of documents: issued, withdrawn or corrected, by whom, when and why, in a log that is only appended to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from accounts.audit import log as audit
from accounts.grants import require
from accounts.verbs import Verb
from reports.briefing.issued import Issued, issued
from reports.health.verification import DOCUMENTS
from reports.sentences.sentence import Declared, say
from survey.errors import ArgumentError
from survey.host.person import name_of_person
from survey.host.sealed_lines import append_line, read_lines

SHORTEST = 4
"""Signs of a code that are enough to find a document, where only one begins with them."""


class Step(StrEnum):
    """What happened to a document."""

    ISSUED = "出文件"
    WITHDRAWN = "撤回"
    CORRECTED = "更正"


class State(StrEnum):
    """Whether a document still counts."""

    CURRENT = "有效"
    OUTDATED = "过期"
    WITHDRAWN = "已撤回"
    CORRECTED = "已更正"


@dataclass(frozen=True, slots=True)
class Event:
    """A step in the life of a document.

    Attributes:
        code: its verification code.
        step: what happened.
        at: when, ISO, UTC.
        who: who did it.
        why: the reason; "" for an issue.
        by: code of the document that replaces a corrected one; "" otherwise.
        files: suffix -> SHA-256 of the files that were made; empty but for an issue.
        program: version of the program that made them; "" where it is not known.
    """

    code: str
    step: Step
    at: str
    who: str
    why: str = ""
    by: str = ""
    files: Mapping[str, str] | None = None
    program: str = ""


def note_issue(root: Path, code: str, files: Mapping[str, str]) -> None:
    """Note that files of a document were made; nothing where the same files were noted before.

    Args:
        root: folder of the study.
        code: code of the document.
        files: suffix with its dot -> SHA-256 of the file.

    Raises:
        ArgumentError: the document was withdrawn or corrected.
    """
    mine = [one for one in history(root) if one.code == code]
    if ended := _ended(mine):
        now, cure = _words(ended), "数据或台账改过之后再出"
        raise ArgumentError(f"这份材料{now}，不能再出", got=code, cure=f"出 {ended.by}" if ended.by else cure)
    known = {pair for one in mine for pair in (one.files or {}).items()}
    if not known.issuperset(files.items()):
        _append(root, code, Step.ISSUED, {"files": dict(files), "program": _program()})


def _program() -> str:
    """Return the version of the program; "" where it runs without being installed."""
    try:
        return version("silu")
    except PackageNotFoundError:
        return ""


def withdraw(root: Path, code: str, why: str) -> Event:
    """Withdraw a document: from now on its code says so.

    Args:
        root: folder of the study.
        code: its code, or how it begins.
        why: the reason.

    Raises:
        AccountError: the role may not.
        ArgumentError: no document has the code, it no longer counts, or no reason is given.
    """
    return _end(root, code, Step.WITHDRAWN, why)


def correct(root: Path, code: str, by: str, why: str) -> Event:
    """Replace a document by another one of its kind and area: from now on its code points to the new one.

    Raises:
        AccountError: the role may not.
        ArgumentError: as of `withdraw`, or the new document is another kind, another area, or no longer counts.
    """
    new = find(root, by)
    old = find(root, code)
    if new.code == old.code or (new.briefing.kind, new.briefing.area) != (old.briefing.kind, old.briefing.area):
        wanted = f"另一份{old.briefing.kind}（{old.briefing.area or '全市'}）"
        raise ArgumentError(
            "更正要指向同一种类、同一区域的新材料", got=new.code, expected=wanted, cure="先出新材料再更正"
        )
    if ended := _ended([one for one in history(root) if one.code == new.code]):
        raise ArgumentError("新材料本身已不再有效", got=f"{new.code} {_words(ended)}", cure="指向一份有效的材料")
    return _end(root, old.code, Step.CORRECTED, why, new.code)


def _end(root: Path, code: str, step: Step, why: str, by: str = "") -> Event:
    require(Verb.RETRACT, str(step))
    document = find(root, code)
    if ended := _ended([one for one in history(root) if one.code == document.code]):
        raise ArgumentError("这份材料已不再有效", got=f"{document.code} {_words(ended)}")
    if not why.strip():
        raise ArgumentError(f"{step}要写明原因", where=document.code, cure="例如：数据版本有误")
    _append(root, document.code, step, {"why": why.strip(), "by": by})
    facts = {"what": str(document.briefing.kind), "area": document.briefing.area, "code": document.code}
    audit.record(root, audit.Act.DOCUMENT, {"step": str(step), **facts, "by": by}, durable=True)
    return history(root)[-1]


def _append(root: Path, code: str, step: Step, more: Mapping[str, Any]) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    line = {"at": at, "code": code, "step": str(step), "who": name_of_person(), **more}
    append_line(root / DOCUMENTS, line, durable=step is not Step.ISSUED)


def history(root: Path) -> tuple[Event, ...]:
    """Return what happened to the documents of a study, oldest first."""
    known = {str(one) for one in Step}
    return tuple(
        Event(one["code"], Step(one["step"]), one["at"], one["who"], one.get("why", ""), one.get("by", ""),
              one.get("files"), one.get("program", ""))
        for one in read_lines(root / DOCUMENTS) if one.get("step") in known
    )  # fmt: skip


def find(root: Path, code: str) -> Issued:
    """Return the record of a code as it is typed: in small letters, without hyphens, or only its beginning.

    Raises:
        ArgumentError: no document has it, or several begin with it.
    """
    wanted = "".join(sign for sign in code.upper() if sign.isalnum())
    some = [one for one in issued(root) if one.code.replace("-", "").startswith(wanted)]
    if len(wanted) >= SHORTEST and len(some) == 1:
        return some[0]
    what = "几份材料的核验码这样开头" if len(wanted) >= SHORTEST and some else "没有这个核验码"
    cure = "照文件页脚或二维码旁边的核验码输全，例如 A194-EA11-8C16"
    raise ArgumentError(what, got=code.strip(), cure=cure)


def state_of(events: Sequence[Event], document: Issued, newest: int) -> State:
    """Return whether a document still counts, given the newest data version."""
    ended = _ended([one for one in events if one.code == document.code])
    if ended:
        return State.WITHDRAWN if ended.step is Step.WITHDRAWN else State.CORRECTED
    return State.CURRENT if document.version >= newest else State.OUTDATED


def standing(events: Sequence[Event], document: Issued, newest: int) -> str:
    """Return in words whether a document still counts: by whom, when and why it no longer does."""
    state = state_of(events, document, newest)
    if state is State.CURRENT:
        return "这份材料有效。"
    if state is State.OUTDATED:
        new, old = (Declared(str(one), "numbering") for one in (newest, document.version))
        return say("过期：数据已更新到版本{new}，这份材料是版本{old}的。", new=new, old=old).text
    ended = _ended([one for one in events if one.code == document.code])
    return f"这份材料{_words(ended)}。" if ended else ""


def _ended(events: Sequence[Event]) -> Event | None:
    return next((one for one in events if one.step is not Step.ISSUED), None)


def _words(event: Event) -> str:
    by = f"，以 {event.by} 为准" if event.by else ""
    return f"已{event.step}{by}（{event.who}，{event.at[:10]}，原因：{event.why}）"
