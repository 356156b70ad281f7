"""What the import page holds between two runs: uploaded files on disk, previews in a drawer; and its tables."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import streamlit as st

from survey.disk import write_whole
from survey.importing import ingest
from survey.importing.preview import Preview, changes
from survey.readers.cells.issues import KINDS, Severity
from survey.storage.store import ResponseStore, Version
from survey.study.study import MODES, Study

SHOWN = 2_000
DAY = 86_400
EFFECTS: Mapping[Severity, str] = {
    Severity.REJECT: "退回整行",
    Severity.CELL: "退回整行",
    Severity.NOTE: "照常写入，请知悉",
}
PARTIAL = "只舍弃这个答案"
KINDS_OF_VERSION = {"import": "导入", "undo": "撤销", "withdrawal": "居民撤回"}


class Uploaded(Protocol):
    """A file as the browser sent it."""

    name: str

    def getvalue(self) -> bytes:
        """Its bytes."""
        ...


class ImportProgress:
    """Progress of an import on the page."""

    def __init__(self) -> None:
        """An empty bar where the page stands."""
        self._bar = st.progress(0.0, text="开始读取")

    def show(self, what: str, share: float) -> None:
        """Say what is being done, and how much of it is done (0 to 1)."""
        self._bar.progress(share, text=what)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.empty()


class Drawer:
    """The last few previews of this server, by what they were made of; never in a visitor's session."""

    def __init__(self, room: int = 8) -> None:
        """An empty drawer."""
        self._room = room
        self._held: OrderedDict[tuple[Any, ...], Preview] = OrderedDict()

    def find(self, key: tuple[Any, ...]) -> Preview | None:
        """The preview made of exactly this."""
        return self._held.get(key)

    def keep(self, key: tuple[Any, ...], preview: Preview) -> None:
        """Keep a preview; the oldest makes room."""
        self._held[key] = preview
        while len(self._held) > self._room:
            self._held.popitem(last=False)


@st.cache_resource(show_spinner=False)
def drawer() -> Drawer:
    """The one drawer of this server."""
    return Drawer()


def saved(files: Sequence[Uploaded]) -> tuple[Path, ...]:
    """Uploaded files on disk under their own names, readable for this user alone; what is a day old is removed."""
    root = Path(tempfile.gettempdir()) / "silu-uploads"
    root.mkdir(mode=0o700, exist_ok=True)
    for old in root.iterdir():
        if time.time() - old.stat().st_mtime > DAY:
            shutil.rmtree(old, ignore_errors=True)
    return tuple(_save(root, file) for file in files)


def _save(root: Path, file: Uploaded) -> Path:
    content = file.getvalue()
    folder = root / hashlib.sha256(content).hexdigest()
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / (Path(file.name.replace("\\", "/")).name or "答卷")
    if not path.is_file():  # whole at once: somebody else may upload and read the same file now
        write_whole(path, lambda copy: copy.write_bytes(content))
    return path


def forget(paths: Sequence[Path]) -> None:
    """Remove uploaded files from the disk once they are in the study."""
    for path in paths:
        shutil.rmtree(path.parent, ignore_errors=True)


def staged(study: Study, paths: Sequence[Path], wave: str, *, mode: str, keep_partial: bool) -> Preview:
    """The preview of some files, made once and shown with its progress.

    Raises:
        SiluError: as `ingest.stage`.
    """
    version = ResponseStore(study.root / "store").version
    mapping = study.root / "mapping.toml"
    stamp = mapping.stat().st_mtime_ns if mapping.is_file() else 0
    key = (str(study.root), study.questionnaire.fingerprint, stamp, version, tuple(paths), wave, mode, keep_partial)
    if found := drawer().find(key):
        return found
    bar = ImportProgress()
    try:
        preview = ingest.stage(
            study,
            paths,
            wave,
            mode=mode,
            keep_partial=keep_partial,
            progress=bar.show,
        )
    finally:
        bar.close()
    drawer().keep(key, preview)
    return preview


def summary(preview: Preview) -> str:
    """The one sentence about a preview."""
    parts = [f"新增 {preview.new:,} 份"] if preview.new else []
    parts += [f"更新 {preview.changed:,} 份"] if preview.changed else []
    rejected = f"，{preview.rejected:,} 行退回" if preview.rejected else "，没有退回的行"
    if not parts:
        return f"读到 {preview.rows_in:,} 行，没有新的内容{rejected}"
    return f"读到 {preview.rows_in:,} 行：{'，'.join(parts)}{rejected}"


def files_table(preview: Preview) -> pd.DataFrame:
    """What was detected in each file."""
    rows = [
        {
            "文件": file["name"],
            "来源": ingest.reader_title(file["reader"]),
            "怎样认出": file["why"],
            "工作表": file["sheet"],
            "表头行": file["header_row"] or None,
            "行数": file["rows"],
        }
        for file in preview.files
    ]
    return pd.DataFrame(rows)


def columns_table(preview: Preview) -> pd.DataFrame:
    """Which column feeds which question, for every file."""
    titles = {question.name: question.title for question in preview.study.questionnaire.questions}
    rows = []
    for coded in preview.coded:
        read = coded.read
        for column in sorted(read.columns, key=lambda column: column.index):
            title = titles.get(column.target.partition(".")[0], "")
            rows.append((read.provenance.file, column.letters, column.heading, column.target, title))
        rows += [(read.provenance.file, "", heading, "（没有用到）", "") for heading in read.unused]
    return pd.DataFrame(rows, columns=["文件", "列", "文件里的列名", "对应", "问卷题目"])


def issues_table(preview: Preview, *, keep_partial: bool) -> pd.DataFrame:
    """Issues one a line, what rejects a row first; at most `SHOWN` of each file."""
    found = [issue for issues in preview.all_issues for issue in issues.first(SHOWN)]
    rows = [
        {
            "处理": _effect(KINDS[issue.code][1], keep_partial=keep_partial),
            "问题": issue.title,
            "文件": issue.file,
            "行": issue.row,
            "列": issue.column,
            "读到": issue.value,
            "应为": issue.expected,
            "怎么办": issue.cure,
        }
        for issue in found
    ]
    table = pd.DataFrame(rows, columns=["处理", "问题", "文件", "行", "列", "读到", "应为", "怎么办"])
    table = table.astype({"行": "Int64"})
    return table.drop(columns="文件") if len(preview.files) == 1 else table


def _effect(severity: Severity, *, keep_partial: bool) -> str:
    return PARTIAL if severity is Severity.CELL and keep_partial else EFFECTS[severity]


def changes_table(preview: Preview) -> pd.DataFrame:
    """Cells that a corrected file would change."""
    rows = [(change.response_id, change.column, change.before, change.after) for change in changes(preview)]
    return pd.DataFrame(rows, columns=["答卷编号", "题目", "现在", "更正为"])


def history_table(store: ResponseStore) -> pd.DataFrame:
    """All versions, newest first: when, who, what."""
    live, lost = {version.number for version in store.lineage()}, store.lost()
    told = [version for version in store.history() if version.kind != "create"]
    rows = [
        {**dict(_version(version, version.number in live)), "数据": _there(version.number, lost)} for version in told
    ]
    return pd.DataFrame(rows)


def _there(number: int, lost: frozenset[int]) -> str:
    return "含已撤回的答卷，已清除" if number in lost else "可打开"


def _version(version: Version, live: bool) -> Iterator[tuple[str, Any]]:
    counts = version.meta.get("counts", {})
    yield "版本", version.number
    yield "时间", f"{version.at:%Y-%m-%d %H:%M}"
    yield "操作人", version.who
    undone = version.kind == "import" and not live
    yield "操作", KINDS_OF_VERSION.get(version.kind, version.kind) + ("（已撤销）" if undone else "")
    yield "轮次", version.meta.get("wave", "")
    yield "文件", "、".join(file["name"] for file in version.meta.get("files", ()))
    for key, label in (("new", "新增"), ("changed", "更新"), ("unchanged", "不变"), ("rejected", "退回")):
        yield label, counts.get(key)
    restored = f"回到版本 {version.meta['restored']} 的内容" if "restored" in version.meta else ""
    yield "说明", "；".join(part for part in (restored, version.note) if part)


def mode_name(mode: str) -> str:
    """A mode in Chinese."""
    return MODES.get(mode, mode)
