"""Contacts are taken out of what was imported: out of coded rows, out of raw files, out of what is imported later.

A contact is a hint of the network or the device, or the code of an interviewer. It is no answer.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from survey.errors import SiluError, StudyError
from survey.importing.coding import CodedFile
from survey.importing.mapping_file import guide_of
from survey.readers import registry
from survey.readers.files.delimited import LARGEST_CELL, separator_of
from survey.readers.files.encoding import decoded
from survey.readers.files.opening import open_file
from survey.readers.tables.read_table import Form
from survey.storage.integrity.erasures import erased
from survey.storage.spreadsheets import exact_writer
from survey.study.responses import FIXED, row_hashes
from survey.study.retention import LABELS, Kind
from survey.study.study import Study
from survey.study.terms import Wave

COLUMNS = ("interviewer", "ip_key", "device_key")
"""Columns of the responses that hold contacts."""
TARGETS = frozenset({"interviewer", "ip", "device"})
"""What such columns of an answer file feed."""


def without_contacts(rows: pa.Table) -> pa.Table:
    """Responses with their contacts emptied; their hashes are made by `hashed`."""
    emptied = rows
    for name in COLUMNS:
        index = rows.schema.get_field_index(name)
        if index >= 0:
            emptied = emptied.set_column(index, rows.schema.field(name), pa.nulls(rows.num_rows, rows[name].type))
    return emptied


def hashed(rows: pa.Table, texts: pa.Table, roles: Collection[str]) -> pa.Table:
    """Responses with the hash of what they say now.

    Args:
        rows: responses, the column wave may be missing.
        texts: their free texts, schema `store.TEXTS`; those of other responses do not matter.
        roles: role columns of the questionnaire.
    """
    items = [name for name in rows.column_names if name not in FIXED.names and name not in roles]
    at = pc.index_in(_key(texts), _key(rows).combine_chunks())
    known = np.asarray(pc.is_valid(at).to_numpy(zero_copy_only=False), dtype=bool)
    places = np.asarray(pc.fill_null(at, 0).to_numpy(zero_copy_only=False), dtype=np.int64)[known]
    made = row_hashes(rows, texts.filter(pa.array(known)), items, places)
    index = rows.schema.get_field_index("row_hash")
    return rows.set_column(index, rows.schema.field("row_hash"), made)


def _key(rows: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(rows["import_id"], rows["response_id"], " ")


def admitted(coded: CodedFile, study: Study, wave: Wave) -> CodedFile:
    """A coded file as its wave may still take it in.

    Raises:
        StudyError: answers of the wave were deleted because their time was over; nothing may come in again.
    """
    ended = erased(study.root / "store").kinds.get(wave.name, frozenset())
    if over := [kind for kind in (Kind.RAW, Kind.TEXTS, Kind.ANSWERS) if kind in ended]:
        raise StudyError(
            f"{wave.title}的{'、'.join(LABELS[kind] for kind in over)}保存期已满，已按 [retention] 删除，不能再导入",
            where=wave.name,
            cure="核对轮次；确需重新收集，在 study.toml 另设一轮",
        )
    if Kind.CONTACTS not in ended:
        return coded
    return replace(coded, responses=without_contacts(coded.responses))


def raw_without_contacts(study: Study, path: Path) -> bytes | None:
    """A raw file without the cells of its contact columns.

    Args:
        study: knows the headings.
        path: the file.

    Returns:
        The new content, that of the file where it has no such column, or None where they cannot be taken out: it is
        no text file, or no reader knows it any more.
    """
    try:
        opened = open_file(path)
        table = registry.read(opened, guide_of(study))
    except SiluError:
        return None
    places = {column.index for column in table.columns if column.form is Form.META and column.target in TARGETS}
    if not places:
        return path.read_bytes()
    if opened.kind != "csv":
        return None
    text = "".join(decoded(path, opened.encoding)).lstrip("\ufeff")
    return _emptied(text, table.provenance.header_row, places).encode("utf-8-sig")


def _emptied(text: str, heading: int, places: Collection[int]) -> str:
    """A CSV with the cells of some columns below the heading emptied."""
    separator = separator_of(text)
    csv.field_size_limit(LARGEST_CELL)
    buffer = io.StringIO(newline="")
    writer = exact_writer(buffer, delimiter=separator)
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
        if number == 1 and row[:1] == ["sep="]:
            buffer.write(f"sep={separator}\r\n")
        else:
            kept = number <= heading
            writer.writerow(cell if kept or at not in places else "" for at, cell in enumerate(row))
    return buffer.getvalue()
