"""Verify that everything a study has stored is unchanged, and add missing checksums."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from accounts.audit.chain import AUDIT
from reports.plans.rectification import FILE as LEDGER
from survey.boundaries.stored import read_boundaries
from survey.collect.maintenance.inbox_check import verify_inbox
from survey.errors import DamagedError, StoreError
from survey.host.sealed_lines import append_line, check_lines
from survey.importing.mending.row_check import changed_responses
from survey.quality.exclusions import decisions_of
from survey.storage.deletion.retention_log import FILE as DELETIONS
from survey.storage.integrity.resting import is_as_sealed
from survey.storage.journal import Journal
from survey.storage.repair.verify import (
    AGAIN,
    REPAIR,
    Stored,
    Verification,
    verify_lines,
    verify_raw,
    verify_store,
)
from survey.storage.store import ResponseStore
from survey.study.burst_log import burst_log
from survey.study.plans.rectification import Ledger
from survey.study.plans.rollout import RollOuts
from survey.study.study import Study

EARLIER = ("views", "exports")
"""Logs that versions before the audit log wrote."""
Progress = Callable[[str, float], None]

DOCUMENTS = Path("log") / "briefings.jsonl"
"""The log of issued, withdrawn and corrected documents; see `reports.briefing.life`."""


def verify(study: Study, *, seal: bool = True, progress: Progress = lambda what, share: None) -> Verification:
    """Check parts, logs, raw files, the inbox, ledgers, and the logs of views and exports.

    Args:
        study: the study.
        seal: add missing checksums, for kinds of files without a fault.
        progress: receives the current step and the completed share in [0, 1].

    Raises:
        StoreError: a newer version of the program has written the study.
    """
    found = Verification()
    progress("核对版本日志和数据文件", 0.1)
    verify_store(study.root, found)
    progress("核对每一份答卷", 0.3)
    _verify_responses(study, found)
    progress("核对原始文件", 0.5)
    verify_raw(study.root, _wanted(study), found)
    progress("核对收件箱", 0.6)
    verify_inbox(study, found, seal=seal)
    progress("核对台账和记录", 0.9)
    for journal in journals(study):
        _verify_journal(journal, study.root, found)
    for path in access_logs(study.root):
        verify_lines(path, Stored.VIEWS, study.root, found)
    verify_boundaries(study.root, found)
    if seal:
        try:
            _seal(study, found)
        except (StoreError, OSError) as error:
            found.unwritten = getattr(error, "got", "") or str(error)
    return found


def journals(study: Study) -> tuple[Journal, ...]:
    """Return the journals of a study: exclusions, bursts, the rectification ledger, drawn batches."""
    ledger, rollouts = Ledger(study.root / LEDGER), RollOuts(study.root)
    return decisions_of(study).journal, burst_log(study).journal, ledger.journal, rollouts.journal


def access_logs(root: Path) -> list[Path]:
    """Return the logs of exports, views, deletions and issued documents of a study, including rotated ones."""
    names = (AUDIT.stem, *EARLIER, DELETIONS.stem, DOCUMENTS.stem)
    return [path for name in names for path in sorted((root / AUDIT.parent).glob(f"{name}*.jsonl"))]


def _verify_responses(study: Study, found: Verification) -> None:
    """Check the newest responses against their own hashes, where they are readable."""
    if any(fault.kind in (Stored.PART, Stored.LOG) for fault in found.faults):
        return
    try:
        changed = changed_responses(study) if ResponseStore(study.root / "store").version is not None else []
    except DamagedError as error:
        found.fault(Stored.PART, "store", f"{error.what}（{error.where}）", REPAIR)
        return
    if changed:
        listed = "、".join(changed[:3]) + ("……" if len(changed) > 3 else "")
        found.fault(Stored.PART, "store/responses", f"{len(changed)} 份答卷与导入时不同：{listed}", AGAIN)


def _wanted(study: Study) -> dict[str, str]:
    """Return raw files that the imports of the newest version need: name -> name of the imported file."""
    try:
        imports = ResponseStore(study.root / "store").lineage()
    except StoreError:  # already reported
        return {}
    files = [file for one in imports for file in one.meta.get("files", ())]
    return {f"{file['sha256']}{Path(file['name']).suffix.lower()}": file["name"] for file in files}


def _verify_journal(journal: Journal, root: Path, found: Verification) -> None:
    faults = journal.faults()
    if not faults and not journal.path.exists():
        return
    name = journal.path.relative_to(root).as_posix()
    found.count(Stored.LEDGER, sealed=bool(faults) or is_as_sealed(journal.path) is not None)
    for fault in faults:
        found.fault(Stored.LEDGER, name, fault, REPAIR)


def verify_boundaries(root: Path, found: Verification) -> None:
    """Read the boundary file of a study, if it has one, against its seal."""
    try:
        there = read_boundaries(root) is not None
    except DamagedError as error:
        there = True
        found.fault(Stored.BOUNDARIES, error.where, error.what, error.cure)
    if there:
        found.count(Stored.BOUNDARIES)


def _seal(study: Study, found: Verification) -> None:
    """Add missing checksums, except for kinds of files with a fault."""
    wrong = {fault.kind for fault in found.faults}
    if not wrong & {Stored.PART, Stored.LOG, Stored.SEAL}:
        ResponseStore(study.root / "store").settle()
    for journal in journals(study):
        if Stored.LEDGER not in wrong and journal.path.exists() and is_as_sealed(journal.path) is None:
            journal.seal()
    for path in access_logs(study.root):
        if Stored.VIEWS not in wrong and check_lines(path).unsealed:
            append_line(path, {"sealed": "以上各行"}, durable=True)
