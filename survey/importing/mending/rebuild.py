"""Rebuild stored rows: imports are coded once more from their raw files, by the questionnaires of their time."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from survey.errors import SiluError
from survey.host.scratch import scratch_folder
from survey.importing.coding import CodedFile, code_table
from survey.importing.confirming.confirmations import Doubt
from survey.importing.deduplicate import Comparison, deduplicate
from survey.importing.mapping_file import guide_of
from survey.importing.mending.redaction import admitted
from survey.instrument.archive import kept_questionnaires
from survey.readers import registry
from survey.readers.files.opening import open_file
from survey.storage.import_batch import ImportBatch
from survey.storage.store import ResponseStore, Version
from survey.study.study import Study

Source = Callable[[Mapping[str, Any]], bytes | Path | None]
"""The content of an imported file (name, sha256, ... of the history); None if it is lost."""


@dataclass(frozen=True)
class Recoded:
    """One import, coded once more.

    Attributes:
        study: the study with the questionnaire by which the import was coded.
        version: the import.
        coded: its files.
        alone: its rows by themselves, without a comparison with the store.
    """

    study: Study
    version: Version
    coded: tuple[CodedFile, ...]
    alone: Comparison

    @property
    def import_id(self) -> str:
        """The id that ties the rows of the import together."""
        return str(self.version.meta["import_id"])

    def as_committed(self, store: ResponseStore) -> ImportBatch:
        """Return what the import committed, compared with the version before it.

        Raises:
            StoreError: the version before it cannot be read.
        """
        base = self.version.number - 1 or None
        wave, asked = self.study.wave(self.version.meta["wave"]), self.study.questionnaire
        found = deduplicate(self.coded, store, wave, base=base, questionnaire=asked)
        revoked = found.revoked if self.revokes else ()
        return replace(_batch(found, wave.name, self.import_id), replaced=(*found.replaced, *revoked))

    @property
    def revokes(self) -> bool:
        """Whether the import took out stored responses that its files set apart."""
        return Doubt.REVOKED in self.version.meta.get("confirmed", ())

    def by_itself(self) -> ImportBatch:
        """Return all rows of the import, also those that said nothing new."""
        return _batch(self.alone, str(self.version.meta["wave"]), self.import_id)


def recode(study: Study, version: Version, source: Source) -> Recoded | str:
    """Code an import once more.

    Args:
        study: the study.
        version: the import.
        source: gives the contents of its files.

    Returns:
        The coded files, or in Chinese why they cannot be had.
    """
    asked = kept_questionnaires(study.root).get(str(version.meta.get("questionnaire")), study.questionnaire)
    then = replace(study, questionnaire=asked)
    with scratch_folder() as folder:
        paths = []
        for number, file in enumerate(version.meta.get("files", ())):
            content = source(file)
            if content is None:
                return f"原始文件 {file['name']} 不见了或已损坏"
            paths.append(_laid(folder / str(number), str(file["name"]), content))
        try:
            return _coded(then, version, paths)
        except SiluError as error:
            return f"{'、'.join(path.name for path in paths)} 现在读不出来：{error.what}"


def replay(imports: Sequence[Recoded]) -> pa.Table:
    """Return the rows of a wave after several imports; of each response, the last row that says something else.

    Args:
        imports: of one wave, oldest first.
    """
    tables = [one.by_itself().responses for one in imports]
    last: dict[str, tuple[int, int]] = {}
    hashes: dict[str, int] = {}
    start = 0
    for number, (one, table) in enumerate(zip(imports, tables, strict=True)):
        ids, said = table["response_id"].to_pylist(), table["row_hash"].to_pylist()
        for row, (name, digest) in enumerate(zip(ids, said, strict=True)):
            if hashes.get(name) != digest:
                hashes[name], last[name] = digest, (number, start + row)
        for name in one.alone.refused if one.revokes else ():
            hashes.pop(name, None)
            last.pop(name, None)
        start += len(ids)
    whole = pa.concat_tables(tables, promote_options="default")
    return whole.take(pa.array([row for _, row in last.values()], pa.int64()))


def _laid(folder: Path, name: str, content: bytes | Path) -> Path:
    """Lay a file under the name that it had: ids may be made of it."""
    folder.mkdir()
    path = folder / Path(name).name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        shutil.copyfile(content, path)
    return path


def _coded(study: Study, version: Version, paths: Sequence[Path]) -> Recoded:
    """Code the files as they were coded: whether rows with single bad cells were kept is known by the counts."""
    wave, guide = study.wave(str(version.meta["wave"])), guide_of(study)
    tables = [registry.read(open_file(path), guide) for path in paths]
    wanted = version.meta.get("counts", {}).get("rejected")
    store = ResponseStore(study.root / "store")
    for partial in (False, True):
        mode = str(version.meta.get("mode", ""))
        whole = [code_table(table, study, wave, mode=mode, keep_partial=partial) for table in tables]
        coded = tuple(admitted(one, study, wave) for one in whole)
        alone = deduplicate(coded, store, wave, base=None, questionnaire=study.questionnaire)
        if alone.rejected.num_rows == wanted:
            break
    return Recoded(study, version, coded, alone)


def _batch(found: Comparison, wave: str, import_id: str) -> ImportBatch:
    responses, texts, rejected = (
        _stamped(table, import_id) for table in (found.responses, found.texts, found.rejected)
    )
    return ImportBatch(wave, responses, texts, rejected, found.replaced)


def _stamped(table: pa.Table, import_id: str) -> pa.Table:
    index = table.schema.get_field_index("import_id")
    return table.set_column(index, "import_id", pa.repeat(import_id, table.num_rows).cast(pa.string()))
