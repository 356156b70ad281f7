"""Refuse a file that was imported before: into another wave, or under another name from which its ids derive."""

from __future__ import annotations

from pathlib import Path

from survey.errors import ReadError
from survey.readers.cells.issues import IssueCode
from survey.readers.tables.read_table import ReadTable
from survey.storage.store import ResponseStore


def not_of_another_wave(store: ResponseStore, sha256: str, path: Path, wave: str) -> None:
    """Raise ReadError if a file was already imported into another wave."""
    for version in store.lineage():
        other = version.meta.get("wave", "")
        if other != wave and any(file["sha256"] == sha256 for file in version.meta.get("files", ())):
            raise ReadError(
                "同一个文件已经导入到另一期",
                where=path.name,
                got=f"{other}（版本 {version.number}）",
                expected=wave,
                cure="核对 --wave；如果上次导错了，先用 silu undo 撤销",
            )


def not_renamed(store: ResponseStore, table: ReadTable, wave: str) -> None:
    """Raise ReadError if a file whose ids derive from its name was already imported under another name."""
    if not any(mark.problem is IssueCode.MADE_ID for mark in table.marked):
        return
    where = table.provenance
    earlier = [version for version in store.lineage() if version.meta.get("wave") == wave]
    for version in earlier:
        for file in version.meta.get("files", ()):
            if file["sha256"] == where.sha256 and file["name"] != where.file:
                raise ReadError(
                    "同一个文件改名后又来导入；它没有答卷编号，会被当成新的答卷",
                    where=where.file,
                    got=f"已作为 {file['name']} 导入（版本 {version.number}）",
                    cure="不必再导入；要更正就用原来的文件名",
                )
