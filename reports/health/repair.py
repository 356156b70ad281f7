"""Repair a study: what `silu verify` finds is put right where that can be done, and named where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reports.health.verification import access_logs, journals
from survey.collect.maintenance.inbox_repair import drained_again, repair_inbox
from survey.errors import DamagedError, StoreError
from survey.host.disk import locked, make_folder, sha256_of
from survey.host.sealed_lines import append_line, check_lines
from survey.importing.mending.repair import Repairs, repair_parts
from survey.storage.files import FOLDER as RAW
from survey.storage.files import keep_raw, keep_raw_content, raw_is_right
from survey.storage.integrity.erasures import erased
from survey.storage.repair.mending import mend_seals, set_torn_aside
from survey.storage.store import ResponseStore
from survey.study.study import Study

Progress = Callable[[str, float], None]


def repair(
    study: Study,
    *,
    originals: Sequence[Path] = (),
    accept_loss: bool = False,
    progress: Progress = lambda what, share: None,
) -> Repairs:
    """Put right what is damaged; one repair of a study at a time.

    Args:
        study: the study.
        originals: files that were imported before; they take the place of damaged or lost raw files.
        accept_loss: leave out what cannot be made again; the history says how much.
        progress: receives the current step and the completed share in [0, 1].

    Raises:
        StoreError: the disk cannot be written; what was put right until then stays so.
    """
    store, repairs = study.root / "store", Repairs()
    try:
        make_folder(study.root / "inbox")
        with locked(study.root / "inbox" / "repair.lock", lambda: progress("另一个修复正在进行，等它结束", 0.0)):
            progress("修复版本日志", 0.1)
            _repair_log(store, repairs)
            progress("修复原始文件", 0.2)
            _repair_raw(study, originals, repairs)
            progress("修复数据文件", 0.4)
            repair_parts(study, lambda file: _content(study, file), repairs, accept_loss=accept_loss)
            progress("修复收件箱", 0.7)
            repair_inbox(study, repairs)
            progress("修复台账和记录", 0.9)
            _repair_journals(study, repairs)
    except OSError as error:
        raise StoreError(
            "修复没有完成，已修好的部分不受影响", where=str(study.root), got=str(error), cure="检查写权限和磁盘空间"
        ) from error
    return repairs


def heal_with(study: Study, originals: Sequence[Path], *, progress: Progress = lambda what, share: None) -> Repairs:
    """Repair a damaged store with the original of an import, before that is imported once more.

    Raises:
        DamagedError: something is still missing.
    """
    repairs = repair(study, originals=originals, progress=progress)
    if repairs.open:
        raise DamagedError("用这份文件没有全部修好", got="；".join(repairs.open), cure="运行 silu repair 调查文件夹")
    return repairs


def _repair_log(store: Path, repairs: Repairs) -> None:
    if not store.is_dir():
        return
    for name in set_torn_aside(store):
        again = "那次导入的文件请重新导入，网上答卷下次入库时自动补入"
        repairs.done.append(f"没有写完的日志 {name} 已移开；{again}")
    before = ResponseStore(store).version  # entries are put back from their copies
    for name in mend_seals(store):
        repairs.done.append(f"封存记录 {name[:8]} 损坏，已重新封存（最新版本 {before}）")


def _repair_raw(study: Study, originals: Sequence[Path], repairs: Repairs) -> None:
    gone = erased(study.root / "store")
    imported = [file for file in _imported(study) if _raw(study, file).name not in gone.gone]
    wanted = {str(file["sha256"]): file for file in imported if not _is_cleared(study, file)}
    for file in imported:
        kept = _raw(study, file)
        if _is_cleared(study, file) and not (kept.exists() and raw_is_right(kept)):
            repairs.open.append(f"原始文件 {file['name']} 损坏；其中已清除的内容不能由原文件带回，请从备份恢复")
    for path in originals:
        digest = sha256_of(path)
        kept = study.root / RAW / f"{digest}{path.suffix.lower()}"
        if digest in wanted and not (kept.exists() and raw_is_right(kept)):
            keep_raw(study.root, path, digest)
            repairs.done.append(f"原始文件 {path.name} 已换成完好的一份")
    for digest, file in wanted.items():
        kept = _raw(study, file)
        if kept.exists() and raw_is_right(kept):
            continue
        content = drained_again(study, file)
        if content is not None and keep_raw_content(study.root, content, kept.suffix) == kept:
            repairs.done.append(f"原始文件 {file['name']} 已由收件箱重做")
        else:
            what = "不见了" if not kept.exists() else "损坏"
            repairs.open.append(f"原始文件 {file['name']}（{digest[:8]}…）{what}：用原来的文件重新导入，或从备份恢复")


def _content(study: Study, file: Mapping[str, Any]) -> bytes | Path | None:
    kept = _raw(study, file)
    if kept.exists() and raw_is_right(kept):
        return kept
    lawful = _is_cleared(study, file) or kept.name in erased(study.root / "store").gone
    return None if lawful else drained_again(study, file)


def _is_cleared(study: Study, file: Mapping[str, Any]) -> bool:
    """Return whether something was lawfully removed from a raw file."""
    name, log = _raw(study, file).name, erased(study.root / "store")
    return name in log.raw or name in log.cleared


def _imported(study: Study) -> list[Mapping[str, Any]]:
    return [file for one in ResponseStore(study.root / "store").lineage() for file in one.meta.get("files", ())]


def _raw(study: Study, file: Mapping[str, Any]) -> Path:
    return study.root / RAW / f"{file['sha256']}{Path(str(file['name'])).suffix.lower()}"


def _repair_journals(study: Study, repairs: Repairs) -> None:
    for journal in journals(study):
        faults = journal.faults()
        if faults and journal.path.exists() and journal.mend():
            repairs.done.append(f"{journal.title} {journal.path.name} 已按其中完好的各行重写，原文件留在旁边")
        elif faults:
            repairs.open.append(f"{journal.title} {journal.path.name}：{faults[0]}。从备份恢复这个文件")
    for path in [*access_logs(study.root), *sorted((study.root / "store").glob("erasures.jsonl"))]:
        state = check_lines(path)
        if state.broken:
            repairs.open.append(f"{path.name} 第 {state.broken[0]} 行被改动，补不回来。从备份恢复这个文件")
        elif state.torn or state.unsealed:
            append_line(path, {"sealed": "以上各行"}, durable=True)
            repairs.done.append(f"{path.name} 没有校验值的各行已封存")
