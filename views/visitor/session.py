"""The visitor's choices, by name, and the loaders that all visitors share.

`session_state` holds choices, never results. Results are cached by study and data version: a frame is never hashed, and
a cached result is shared by all visitors, so no caller may change it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from accounts.scope import own_districts
from reports.data.versions import answered, newest
from reports.publishing.publication import as_published, published_version
from reports.retention.summaries import FOLDER
from reports.selection import Selection
from reports.sentences.notes.catalogue import tr
from survey.errors import StoreError, StudyError
from survey.host import access, environment
from survey.quality import exclusions
from survey.study.burst_log import held_phrase
from survey.study.study import Study, load_study
from views.shell.shelf import Shelf

Key = tuple[str, str, int, bool]
"""Cache key: the study's folder, the time stamps of its files, the data version, and whether excluded responses are
not counted."""

STUDY_VARIABLE = environment.STUDY
LOG = "store/responses/_delta_log"
"""Where the versions of the answers are listed, inside the folder of a study."""
NO_ANSWERS = -1
"""Data version of a study that is shown without its answers."""

WAVE, MODE, AGE, SEX, PLACE = "wave", "mode", "age", "sex", "place"
MEASURE, DISTRICT, STREET, COMMUNITY = "measure", "district", "street", "community"
"""Keys of the widgets and query parameters of deep links; values are the labels on screen."""

WITHOUT = "without"
"""Key and query parameter of the switch for excluded responses."""

FILTERS = (WAVE, MODE, AGE, SEX, PLACE, WITHOUT)
"""Query parameters that a link to another page keeps."""

LOGGED = "logged"
"""Key of the view that was logged last."""
PAGE = "page"
"""Key of the page that was shown last."""


_STUDIES, _LEFT_OUT, _NEWEST, _FIELDWORK = Shelf(4, "正在读取调查设置……"), Shelf(4), Shelf(4), Shelf(4)


def kept(key: str) -> str:
    """Return the key that keeps the choice of a widget while another page is shown."""
    return f"{key}.kept"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The study and the version of its data that this run of a page shows.

    Attributes:
        study: the study.
        version: the data version.
        key: cache key.
        fieldwork: wave, mode, n of the responses there are.
        left_out: number of responses excluded by a person's decision, counted here or not.
        counted: text that states whether they are counted, and `held`; "" where there are none.
        held: text that states how many responses of bursts are held back; "" for none.
        unchecked: waves that this run of the page shows before their answers are checked (`views.cached.checking`).
    """

    study: Study
    version: int
    key: Key
    fieldwork: pd.DataFrame = field(repr=False, compare=False)
    left_out: int = 0
    counted: str = ""
    held: str = ""
    unchecked: frozenset[str] = frozenset()


def folder_of_server() -> str:
    """Return the study folder that this server shows.

    Raises:
        StudyError: no folder is named.
    """
    folder = os.environ.get(STUDY_VARIABLE, "")
    if not folder:
        raise StudyError(tr("看板没有指定调查文件夹"), cure=tr("用 silu dashboard 目录名 启动看板"))
    return folder


def load() -> Loaded:
    """Return the study named by the environment, at its newest data version.

    Raises:
        StudyError: no folder is named, or it is faulty.
        StoreError: there are no responses yet.
    """
    folder = folder_of_server()
    # One stamp for the study and for what is made of it: a file that changes meanwhile belongs to the next run.
    stamp = _stamp(Path(folder))
    study = _study(folder, stamp)
    version = _newest(folder, tuple(files_of(study.root / LOG)))
    if version is not None:
        study = as_published(study)
        version = published_version(study, Selection()) or version
    fieldwork = None if version is None else _fieldwork(folder, version)
    if version is None or fieldwork is None or fieldwork.empty:
        raise _nothing(study.root)
    key = (folder, f"{stamp}|{study.publication}", version, False)
    left_out, held = (0, exclusions.caption_phrase(study)) if study.publication else _left_out(study, folder, key[1])
    return Loaded(study, version, key, fieldwork, left_out, held, held)


def settings() -> Study:
    """Return the study named by the environment, whether it has answers or not.

    Raises:
        StudyError: no folder is named, or it is faulty.
    """
    return load_settings().study


def load_settings() -> Loaded:
    """Return the study named by the environment without its answers, which it need not have yet.

    Raises:
        StudyError: no folder is named, or it is faulty.
    """
    folder = folder_of_server()
    stamp = _stamp(Path(folder))
    return Loaded(_study(folder, stamp), NO_ANSWERS, (folder, stamp, NO_ANSWERS, False), pd.DataFrame())


def _nothing(root: Path) -> StoreError:
    """Return the error for a study without answers: not yet, or not any more."""
    if list((root / FOLDER).glob("*.csv")):
        cure = tr("各轮的汇总表在 {folder}，可以用 Excel 打开").format(folder=root / FOLDER)
        return StoreError(tr("答卷的保存期已满，已全部删除"), where=str(root), cure=cure)
    cure = tr("先用 silu import 导入一份答卷文件，然后刷新本页")
    return StoreError(tr("这个调查还没有任何答卷"), where=str(root), cure=cure)


def as_counted(loaded: Loaded, without: bool) -> Loaded:
    """Return the same study with or without the excluded responses."""
    if not loaded.left_out:
        return loaded
    study, key = replace(loaded.study, without_excluded=without), (*loaded.key[:3], without)
    phrases = (exclusions.phrase(loaded.left_out, without), loaded.held)
    return replace(loaded, study=study, key=key, counted="；".join(one for one in phrases if one))


def _stamp(folder: Path) -> str:
    """Return a stamp that changes when a file of the study or a summary of an earlier wave changes."""
    files = [*files_of(folder), *files_of(folder / FOLDER)]
    # Includes role and scope, so that nobody sees results cached for another.
    scope = own_districts()
    return "|".join([access.current_role(), "" if scope is None else f"={'、'.join(sorted(scope))}", *files])


def files_of(folder: Path) -> list[str]:
    """Return name, time and size of the files of a folder, in order; none where it does not exist."""
    if not folder.is_dir():
        return []
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # a journal that was there a moment ago
                if "." in entry.name and entry.is_file():
                    about = entry.stat()
                    found.append(f"{entry.name}:{about.st_mtime_ns}:{about.st_size}")
    return sorted(found)


def _study(folder: str, stamp: str) -> Study:
    found: Study = _STUDIES.get((folder, stamp), lambda: load_study(folder))
    return found


def _left_out(study: Study, folder: str, stamp: str) -> tuple[int, str]:
    """Return how many responses are excluded, and a phrase on bursts that are held back."""
    key = (folder, stamp)
    found: tuple[int, str] = _LEFT_OUT.get(key, lambda: (exclusions.left_out(study), held_phrase(study)))
    return found


def _newest(folder: str, log: tuple[str, ...]) -> int | None:
    """Return the newest data version; every commit adds a file to the log of the store."""
    found: int | None = _NEWEST.get((folder, log), lambda: newest(Path(folder)))
    return found


def _fieldwork(folder: str, version: int) -> pd.DataFrame:
    found: pd.DataFrame = _FIELDWORK.get((folder, version), lambda: answered(Path(folder), version))
    return found
