"""Compare coded files with one another and with the store, by response id and content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.host.spilled import drop_pages
from survey.importing.coding import CodedFile, rejected_rows
from survey.importing.refused import overruled, refused_ids
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.issues import KINDS, CellIssue, IssueCode, Issues
from survey.storage.store import ResponseStore
from survey.study.responses import column_of, row_hashes
from survey.study.terms import Wave

Mask = npt.NDArray[np.bool_]
REPEATED, DUPLICATE, REFUSED = IssueCode.REPEATED_ROW, IssueCode.DUPLICATE_ID, IssueCode.NOT_ACCEPTED
CURES = {DUPLICATE: "只留下正确的一份，或改正编号", REFUSED: "同一次导入的后一个文件把它标为不采用"}
FEW = 150_000  # up to this number of ids, comparing them is faster than starting DuckDB


@dataclass(frozen=True)
class Comparison:
    """The result of comparing files with the store.

    Args:
        responses: rows to store, new and changed; import_id is still NULL.
        texts: their free texts; import_id is still NULL.
        rejected: all rejected rows; import_id is still NULL.
        replaced: ids of the changed rows.
        new: number of new rows.
        unchanged: number of rows without new content.
        issues: repeated and contradictory ids.
        refused: ids that files set apart by their status, without those of accepted rows of the same import.
        revoked: those of them that the store holds.
    """

    responses: pa.Table
    texts: pa.Table
    rejected: pa.Table
    replaced: tuple[str, ...]
    new: int
    unchanged: int
    issues: tuple[Issues, ...]
    refused: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the store would remain as it is."""
        return not self.responses.num_rows and not self.revoked


@dataclass(frozen=True, slots=True)
class FileTexts:
    """Free texts of one file, each with its row of the responses."""

    texts: pa.Table
    rows: npt.NDArray[np.int64]


def deduplicate(
    coded: Sequence[CodedFile], store: ResponseStore, wave: Wave, *, base: int | None, questionnaire: Questionnaire
) -> Comparison:
    """Compare coded files with one version of the store.

    Args:
        coded: the files, of one wave.
        store: the store.
        wave: the wave.
        base: the version; None for an empty store.
        questionnaire: source of the coded columns.
    """
    items = [column_of(item, questionnaire) for item in questionnaire.items]
    texts_by_file = [_texts_of_file(file, coded, store, wave, base) for file in coded]
    hashed = [_hashed(file.responses, own, items) for file, own in zip(coded, texts_by_file, strict=True)]
    responses = pa.concat_tables(hashed)
    repeated, clashing = _twins(responses)
    gone = overruled(coded)
    repeated, clashing = repeated & ~gone, clashing & ~gone
    stored, same = _known(responses, store, wave, base)
    good = ~repeated & ~clashing & ~gone
    ids = responses["response_id"]
    refused = refused_ids(coded, ids if good.all() else ids.filter(pa.array(good)))
    take, changed = good & ~(stored & same), good & stored & ~same
    drop_pages()
    return Comparison(
        responses=responses if take.all() else responses.filter(pa.array(take)),
        texts=pa.concat_tables(_chosen_texts(hashed, texts_by_file, take)),
        rejected=pa.concat_tables([*(file.rejected for file in coded), *_set_apart(coded, clashing, gone, wave)]),
        replaced=tuple(responses["response_id"].filter(pa.array(changed)).to_pylist()),
        new=int((good & ~stored).sum()),
        unchanged=int(repeated.sum()) + int((good & stored & same).sum()),
        issues=tuple(_issues(coded, {DUPLICATE: clashing, REFUSED: gone, REPEATED: repeated})),
        refused=refused,
        revoked=_in_store(refused, store, wave, base),
    )


def _hashed(responses: pa.Table, own: FileTexts, items: Sequence[str]) -> pa.Table:
    index = responses.schema.get_field_index("row_hash")
    return responses.set_column(index, "row_hash", row_hashes(responses, own.texts, items, own.rows))


def _texts_of_file(
    file: CodedFile, coded: Sequence[CodedFile], store: ResponseStore, wave: Wave, base: int | None
) -> FileTexts:
    """Return the texts of a file, plus already known ones that its kind cannot hold (words after 其他)."""
    if not file.read.lost:
        return FileTexts(file.texts, file.text_rows)
    known = [other.texts for other in coded if not other.read.lost]
    if base is not None:
        earlier = store.texts(waves=[wave.name], version=base)
        known.append(earlier.append_column("import_id", pa.nulls(earlier.num_rows, pa.string())))
    ids, items = file.responses["response_id"], pa.array(file.read.lost, pa.string())
    for texts in known:
        # the first source with the response takes precedence: other files of this import, then the store
        found = texts.filter(pc.and_(pc.is_in(texts["item"], items), pc.is_in(texts["response_id"], ids)))
        if found.num_rows:
            rows = np.asarray(pc.index_in(found["response_id"], ids).to_numpy(), dtype=np.int64)
            return FileTexts(pa.concat_tables([file.texts, found]), np.concatenate([file.text_rows, rows]))
    return FileTexts(file.texts, file.text_rows)


def _twins(responses: pa.Table) -> tuple[Mask, Mask]:
    """Return masks of rows identical to an earlier one, and of rows whose id has different contents."""
    rows = responses.num_rows
    ids = responses["response_id"]
    if _all_differ(ids):
        return np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
    codes = pc.dictionary_encode(ids).combine_chunks().indices.to_numpy()
    hashes = np.asarray(responses["row_hash"].to_numpy())
    first = np.full(int(codes.max()) + 1, -1, dtype=np.int64)
    first[codes[::-1]] = np.arange(rows - 1, -1, -1)
    differs = hashes != hashes[first[codes]]
    clash = np.zeros(len(first), dtype=bool)
    clash[codes[differs]] = True
    clashing = clash[codes]
    return (first[codes] != np.arange(rows)) & ~clashing, clashing


def _all_differ(ids: pa.ChunkedArray) -> bool:
    """Return whether all ids are distinct: by hashes, and by the ids themselves where hashes are equal."""
    if len(ids) <= FEW:
        return bool(pc.count_distinct(ids).as_py() == len(ids))
    import duckdb  # 15 MB of a dashboard, which only imports need

    with duckdb.connect() as connection:
        hashes = connection.from_arrow(pa.table({"id": ids})).project("hash(id) AS h").to_arrow_table()["h"]
    ordered = np.sort(np.asarray(hashes.to_numpy(), dtype=np.uint64))
    return bool((ordered[1:] != ordered[:-1]).all()) or pc.count_distinct(ids).as_py() == len(ids)


def _known(responses: pa.Table, store: ResponseStore, wave: Wave, base: int | None) -> tuple[Mask, Mask]:
    """Return masks of rows whose id is in the store, and of those with the same content there."""
    rows = responses.num_rows
    stored, same = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
    if base is None or not rows:
        return stored, same
    now = store.read(["response_id", "row_hash"], waves=[wave.name], version=base)
    if not now.num_rows:
        return stored, same
    at = pc.index_in(responses["response_id"], now["response_id"].combine_chunks())
    stored = np.asarray(pc.is_valid(at).to_numpy(), dtype=bool)
    place = np.asarray(pc.fill_null(at, 0).to_numpy(), dtype=np.int64)
    same = np.asarray(responses["row_hash"].to_numpy()) == np.asarray(now["row_hash"].to_numpy())[place]
    return stored, stored & same


def _chosen_texts(hashed: Sequence[pa.Table], texts_by_file: Sequence[FileTexts], take: Mask) -> list[pa.Table]:
    """Return the texts of the rows to store, file by file."""
    pieces, start = [], 0
    for responses, own in zip(hashed, texts_by_file, strict=True):
        part = take[start : start + responses.num_rows]
        start += responses.num_rows
        pieces.append(own.texts if part.all() else own.texts.filter(pa.array(part[own.rows])))
    return pieces


def _per_file(coded: Sequence[CodedFile], mask: Mask) -> list[tuple[CodedFile, npt.NDArray[np.int64]]]:
    """Split a mask over all files into the positions in the frame of each file."""
    found, start = [], 0
    for file in coded:
        part = mask[start : start + file.responses.num_rows]
        start += file.responses.num_rows
        if part.any():
            rows = np.asarray(file.responses["source_row"].to_numpy())[part]
            found.append((file, np.searchsorted(file.read.rows, rows).astype(np.int64)))
    return found


def _in_store(names: Sequence[str], store: ResponseStore, wave: Wave, base: int | None) -> tuple[str, ...]:
    """Return which ids the store holds."""
    if base is None or not names:
        return ()
    held = set(store.read(["response_id"], waves=[wave.name], version=base)["response_id"].to_pylist())
    return tuple(name for name in names if name in held)


def _set_apart(coded: Sequence[CodedFile], clashing: Mask, gone: Mask, wave: Wave) -> list[pa.Table]:
    return [
        rejected_rows(file.read, wave, dict.fromkeys(positions.tolist(), KINDS[code][0]))
        for code, mask in ((DUPLICATE, clashing), (REFUSED, gone))
        for file, positions in _per_file(coded, mask)
    ]


def _issues(coded: Sequence[CodedFile], found: Mapping[IssueCode, Mask]) -> list[Issues]:
    issues = []
    for code, mask in found.items():
        for file, positions in _per_file(coded, mask):
            ids = _ids(file, positions)
            finding = CellIssue(code, "答卷编号", positions, ids, cure=CURES.get(code, ""))
            issues.append(Issues(file.read.provenance.file, file.read.rows, (finding,)))
    return issues


def _ids(file: CodedFile, positions: npt.NDArray[np.int64]) -> list[str]:
    """Return the response ids at positions of the frame."""
    rows = np.asarray(file.responses["source_row"].to_numpy())
    at = np.searchsorted(rows, file.read.rows[positions])
    return [str(text) for text in file.responses["response_id"].take(pa.array(at)).to_pylist()]
