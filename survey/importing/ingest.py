"""Import answer files: read, detect, code, compare with the store, preview, commit.

`import_files` does everything; `stage` and `commit` are its two steps, for callers that show the preview first.
`import_rows` takes answers that never were a file.
For every file: rows in = new + changed + unchanged + rejected. Nothing is written before `commit`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from survey.errors import ArgumentError
from survey.importing.answer_rows import AnswerRows
from survey.importing.batch import batch_of, metadata_of
from survey.importing.coding import CodedFile, code_table
from survey.importing.confirming.confirmations import Confirmation, require_confirmed
from survey.importing.confirming.consistency import inconsistencies, mixed_weights
from survey.importing.confirming.identity import identity_doubts
from survey.importing.confirming.repeats import not_of_another_wave, not_renamed
from survey.importing.confirming.revocations import revocations
from survey.importing.deduplicate import Comparison, deduplicate
from survey.importing.mapping_file import guide_of
from survey.importing.mending.redaction import admitted
from survey.importing.preview import Imported, Preview
from survey.instrument.archive import keep_questionnaire
from survey.readers import registry
from survey.readers.files.opening import open_file
from survey.readers.files.private_copy import private_copy
from survey.storage.files import keep_raw, keep_raw_content
from survey.storage.store import ResponseStore, StaleVersionError
from survey.study.study import MODES, Study
from survey.study.terms import Wave

Progress = Callable[[str, float], None]
"""Receives the current step and the completed share in [0, 1]."""
ATTEMPTS = 8

__all__ = ["Imported", "Preview", "commit", "import_files", "import_rows", "reader_title", "stage"]


def import_files(
    study: Study,
    files: Sequence[Path | str],
    wave: str,
    *,
    mode: str | None = None,
    who: str = "",
    note: str = "",
    keep_partial: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Import answer files as one version, provided that nothing must be confirmed.

    Args:
        study: the study.
        files: answer files of one wave.
        wave: name of the wave.
        mode: household, street, phone or online; None for the only mode of the wave.
        who: the person, for the history.
        note: a note, for the history.
        keep_partial: whether to store rows with cells that cannot be coded, without these cells.
        progress: receives the current step and the completed share in [0, 1].

    Raises:
        SiluError: the import failed, or something must be confirmed first; nothing was written.
    """
    preview = stage(study, files, wave, mode=mode, keep_partial=keep_partial, progress=progress)
    return commit(preview, who=who, note=note, progress=progress)


def stage(
    study: Study,
    files: Sequence[Path | str],
    wave: str,
    *,
    mode: str | None = None,
    keep_partial: bool = False,
    progress: Progress | None = None,
) -> Preview:
    """Read, code and compare answer files without writing anything.

    Raises:
        ReadError: a file cannot be read, is being written to, or was imported into another wave.
        CodingError: a file belongs to another questionnaire.
        StudyError: answers of the wave were deleted because their time was over.
    """
    if not files:
        raise ArgumentError("没有给出要导入的文件")
    round_, report = study.wave(wave), progress or _silent
    chosen = _mode(round_, mode)
    store = ResponseStore(study.root / "store")
    base = store.version
    paths = tuple(Path(file) for file in files)
    coded, guide = [], guide_of(study)
    for index, path in enumerate(paths):
        report(f"读取 {path.name}", index / len(paths) * 0.8)
        with private_copy(path) as copy:
            opened = open_file(copy)
            not_of_another_wave(store, opened.sha256, path, wave)
            table = registry.read(opened, guide)
        not_renamed(store, table, wave)
        coding = partial(_coding, report, path.name, (index, len(paths)))
        coding(0.0)
        file = code_table(table, study, round_, mode=chosen, keep_partial=keep_partial, progress=coding)
        coded.append(admitted(file, study, round_))
    report("与已有答卷比较", 0.8)
    comparison = deduplicate(coded, store, round_, base=base, questionnaire=study.questionnaire)
    asked = _to_confirm(study, coded, comparison, wave, base)
    report("预览完成", 0.9)
    return Preview(study, wave, chosen, base, paths, tuple(coded), comparison, confirmations=asked)


def _to_confirm(
    study: Study, coded: Sequence[CodedFile], comparison: Comparison, wave: str, base: int | None
) -> tuple[Confirmation, ...]:
    """Return what a person must decide; of new rows only where some would be stored."""
    revoked = tuple(revocations(coded, comparison.revoked))
    if not comparison.responses.num_rows:
        return revoked
    store = ResponseStore(study.root / "store")
    doubts = identity_doubts(coded, comparison, store, wave, base, study.questionnaire)
    return (*inconsistencies(coded, store, wave, base), *doubts, *revoked)


def import_rows(
    study: Study,
    answers: AnswerRows,
    wave: str,
    *,
    mode: str,
    who: str = "",
    note: str = "",
    confirmed: Collection[str] = (),
) -> Imported:
    """Import answers that never were a file as one version; their CSV is kept as the raw file.

    Args:
        study: the study.
        answers: the rows.
        wave: name of the wave.
        mode: their mode.
        who: the person, for the history.
        note: a note, for the history.
        confirmed: kinds of `Doubt` that a person has confirmed.

    Raises:
        UnconfirmedError: something must be confirmed first; nothing was written.
        SiluError: nothing was written.
    """
    round_ = study.wave(wave)
    chosen = _mode(round_, mode)
    store = ResponseStore(study.root / "store")
    base = store.version
    table = registry.read_native(answers.opened, guide_of(study))
    coded = (admitted(code_table(table, study, round_, mode=chosen), study, round_),)
    comparison = deduplicate(coded, store, round_, base=base, questionnaire=study.questionnaire)
    asked = mixed_weights(coded, store, wave, base) if comparison.new else ()
    preview = Preview(study, wave, chosen, base, (), coded, comparison, (answers.content,), asked)
    return commit(preview, who=who, note=note, confirmed=confirmed)


def commit(
    preview: Preview,
    *,
    who: str = "",
    note: str = "",
    confirmed: Collection[str] = (),
    progress: Progress | None = None,
) -> Imported:
    """Write the content of a preview as one version.

    After a concurrent commit, the comparison and the commit are repeated.

    Args:
        preview: the preview.
        who: the person, for the history.
        note: a note, for the history.
        confirmed: kinds of `Doubt` that a person has confirmed.
        progress: receives the current step and the completed share in [0, 1].

    Raises:
        ArgumentError: something must be confirmed first; nothing was written.
        StoreError: writing failed, or concurrent commits continued; nothing was written.
    """
    report = progress or _silent
    store = ResponseStore(preview.study.root / "store")
    if preview.comparison.empty:
        store.settle()  # the version that contains them may not be on disk yet
        report("没有新的答卷", 1.0)
        return Imported(preview, None)
    require_confirmed(preview.confirmations, confirmed)
    _keep_sources(preview)
    keep_questionnaire(preview.study.root, preview.study.questionnaire)
    for attempt in range(ATTEMPTS):
        report("写入", 0.9 + attempt / (ATTEMPTS * 10))
        try:
            version = store.commit(
                batch_of(preview), meta=metadata_of(preview), who=who, note=note, expected=preview.base
            )
        except StaleVersionError:
            if attempt == ATTEMPTS - 1:
                raise
            preview = _again(preview, store)
            if preview.comparison.empty:
                store.settle()
                return Imported(preview, None)
            require_confirmed(preview.confirmations, confirmed)
        else:
            report("完成", 1.0)
            return Imported(preview, version)
    raise AssertionError("unreachable")


def _keep_sources(preview: Preview) -> None:
    """Keep the raw files: copies of files, or the CSV of rows that never were one."""
    root = preview.study.root
    for content in preview.contents:
        keep_raw_content(root, content, ".csv")
    if preview.paths:
        for path, coded in zip(preview.paths, preview.coded, strict=True):
            keep_raw(root, path, coded.read.provenance.sha256)


def _again(preview: Preview, store: ResponseStore) -> Preview:
    """Return the preview compared with the newest version."""
    base, wave = store.version, preview.study.wave(preview.wave)
    questionnaire = preview.study.questionnaire
    comparison = deduplicate(preview.coded, store, wave, base=base, questionnaire=questionnaire)
    asked = _to_confirm(preview.study, preview.coded, comparison, preview.wave, base) if preview.paths else ()
    return replace(preview, base=base, comparison=comparison, confirmations=asked)


def _mode(wave: Wave, mode: str | None) -> str:
    """Return the given mode, or the only one of the wave; "" if it must come from a column of the file."""
    if mode is None:
        return wave.modes[0] if len(wave.modes) == 1 else ""
    if mode not in wave.modes:
        raise ArgumentError(
            "这一期没有这种调查方式",
            where=wave.name,
            got=f"{mode}（{MODES[mode]}）" if mode in MODES else mode,
            expected="、".join(f"{name}（{MODES[name]}）" for name in wave.modes),
            cure="核对 --mode；确有这种方式时，先写进 study.toml 这一期的 modes",
        )
    return mode


def _coding(report: Progress, file: str, at: tuple[int, int], done: float) -> None:
    """Report the share of the rows of a file that are coded; `at` is its place among the files and their number."""
    index, files = at
    report(f"核对 {file}", (index + 0.5 + 0.5 * done) / files * 0.8)


def _silent(what: str, share: float) -> None:
    """Ignore progress."""


def reader_title(name: str) -> str:
    """Return the Chinese name of a tool."""
    return registry.READERS[name].title if name in registry.READERS else name
