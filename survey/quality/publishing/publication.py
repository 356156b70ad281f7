"""The publications of a study: `published/state.json` names the last one, `published/rows-N.parquet` its answers.

Readers without raw data see the last publication. It is brought up to date when they come (`[publish] auto`, the
default) or by an analyst (`silu publish`); either way `survey.quality.publishing.choice` decides what it shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from survey.errors import DamagedError, StoreError
from survey.host.disk import locked, make_folder
from survey.quality.publishing.choice import GROUPS, KEY, SHOWN, Choice, first_choice, next_choice
from survey.storage.files import keep_newest, place
from survey.storage.store import ResponseStore
from survey.study.burst_log import burst_log, countable
from survey.study.study import Study

FOLDER = Path("published")
STATE, LOCK, KEPT = "state.json", "state.lock", 4
PROGRAM = "程序"


@dataclass(frozen=True, slots=True)
class Publication:
    """The last publication.

    Attributes:
        number: 1, 2, ...
        version: data version that it was compared with.
        held: digest of the bursts that did not count then.
        at: when it changed what it shows (UTC, ISO 8601). who: by whom; `PROGRAM` where the program did.
        shown: number of answers shown.
        waiting: number of answers that wait for others.
        versions: number -> first and last data version that hold its answers unchanged, of the last publications.
    """

    number: int
    version: int
    held: str
    at: str
    who: str
    shown: int
    waiting: int
    versions: Mapping[str, tuple[int, int]]

    def holds(self, number: int, version: int) -> bool:
        """Return whether a data version holds the answers of a publication unchanged."""
        first, last = self.versions.get(str(number), (version + 1, version))
        return first <= version <= last


def publishes_itself(study: Study) -> bool:
    """Return whether new answers are published without an analyst once they are enough, by [publish] auto."""
    return bool(study.sections.get("publish", {}).get("auto", True))


def last_publication(study: Study) -> Publication | None:
    """Return the last publication; None before the first.

    Raises:
        DamagedError: its file cannot be read.
    """
    path = study.root / FOLDER / STATE
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        spans = {number: (first, last) for number, (first, last) in facts.pop("versions").items()}
        return Publication(**facts, versions=spans)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        cure = "从备份恢复 published 文件夹；不要删掉它，删掉后新旧结果相减会暴露个人"
        raise DamagedError("公布记录读不出来", where=str(path), got=str(error), cure=cure) from error


def current_publication(study: Study) -> Publication:
    """Return the publication that readers without raw data see now, brought up to date.

    Raises:
        StoreError: no responses yet, or the folder cannot be written.
        DamagedError: the record of publications cannot be read.
    """
    last = last_publication(study)
    if last is not None and (last.version, last.held) == _today(study):
        return last
    return publish(study, who=PROGRAM, fresh=last is None or publishes_itself(study))


def publish(study: Study, *, who: str, fresh: bool = True) -> Publication:
    """Publish the answers that may be shown.

    Args:
        study: the study.
        who: the person who publishes.
        fresh: whether new answers may be shown; withdrawn ones leave in any case.

    Raises:
        StoreError: no responses yet, or the folder cannot be written.
        DamagedError: the record of publications cannot be read.
    """
    folder = study.root / FOLDER
    try:
        make_folder(folder)
        with locked(folder / LOCK):
            return _publish(study, folder, who, fresh=fresh)
    except OSError as error:
        cure = "请系统维护人员检查这个文件夹的写权限和磁盘空间"
        raise StoreError("公布记录写不进，不能显示结果", where=str(folder), got=str(error), cure=cure) from error


def _publish(study: Study, folder: Path, who: str, *, fresh: bool) -> Publication:
    version, held = _today(study)
    last, now = last_publication(study), _answers(study, version)
    if last is None:
        made, number = first_choice(now), 1
    else:
        made = next_choice(
            _rows(path_of_rows(folder, last.number)), now, last.number + 1, study.suppression, fresh=fresh
        )
        number = last.number + made.changed
    if last is None or made.changed:
        place(path_of_rows(folder, number), lambda draft: made.rows.to_parquet(draft, index=False), "公布记录")
    found = _state(last, made, (number, version, held, who))
    text = json.dumps(asdict(found), ensure_ascii=False)
    place(folder / STATE, lambda draft: draft.write_text(text, encoding="utf-8"), "公布记录")
    keep_newest(folder, "rows-*.parquet", KEPT)
    return found


def _state(last: Publication | None, made: Choice, facts: tuple[int, int, str, str]) -> Publication:
    """Return the record of a publication; one that shows the same answers keeps its time and person."""
    number, version, held, who = facts
    shown = int((made.rows["until"] == SHOWN).sum())
    at, by = datetime.now(UTC).isoformat(timespec="seconds"), who
    if last is not None and not made.changed:
        at, by = last.at, last.who
    spans = {} if last is None else dict(last.versions)
    spans[str(number)] = (spans.get(str(number), (version, version))[0], version)
    kept = {name: spans[name] for name in sorted(spans, key=int)[-KEPT:]}
    return Publication(number, version, held, at, by, shown, made.waiting, kept)


def path_of_rows(folder: Path, number: int) -> Path:
    """Return the file of the answers of a publication, in the folder of publications."""
    return folder / f"rows-{number}.parquet"


def read_rows(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return the answers of a publication, of which only some columns if any are named.

    Raises:
        DamagedError: the file is missing or cannot be read.
    """
    try:
        return parquet.read_table(path, columns=columns)
    except (OSError, ValueError, pa.ArrowException) as error:
        cure = "从备份恢复 published 文件夹；不要删掉它，删掉后新旧结果相减会暴露个人"
        raise DamagedError("公布的答卷清单读不出来", where=str(path), got=str(error), cure=cure) from error


def _rows(path: Path) -> pd.DataFrame:
    found: pd.DataFrame = read_rows(path).to_pandas()
    return found.assign(**{name: "" for name in GROUPS if name not in found})  # records of older programs lack them


def _today(study: Study) -> tuple[int, str]:
    """Return the newest data version, and a digest of the bursts that do not count."""
    version = ResponseStore(study.root / "store").version
    if version is None:
        raise StoreError("这个调查还没有任何答卷", where=str(study.root), cure="先用 silu import 导入一份答卷文件")
    held = sorted(burst_log(study).held())
    return version, hashlib.sha256(repr(held).encode()).hexdigest()[:16] if held else ""


def _answers(study: Study, version: int) -> pd.DataFrame:
    """Return the answers that count: KEY, mode, district, street and GROUPS ("" where unknown)."""
    store = ResponseStore(study.root / "store")
    schema = store.schema(version)
    coded = [name for name in GROUPS if schema is not None and name in schema.names]
    rows = store.read([*KEY, "mode", "psu", *coded], version=version)
    table: pd.DataFrame = countable(study, rows).to_pandas()
    frame = study.areas.frame.drop_duplicates("psu").set_index("psu")
    for name in ("district", "street", *GROUPS):
        if name not in coded:
            table[name] = frame[name].reindex(table["psu"]).to_numpy() if name in frame else ""
        table[name] = table[name].astype(object).where(table[name].notna(), "").astype(str)
    for name in ("wave", "mode", "response_id"):
        table[name] = table[name].astype(str)
    return table.drop(columns="psu")
