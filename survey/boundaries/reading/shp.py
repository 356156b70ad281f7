"""Shapefile: the .shp with its .dbf beside it; encoding by .cpg, else strict UTF-8, else GB18030."""

from __future__ import annotations

import logging
import struct
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import shapefile

from survey.boundaries.reading.geometries import geometry_of
from survey.boundaries.reading.source import Feature, Source, field_text
from survey.boundaries.systems import System, of_prj
from survey.errors import ReadError

GB = "gb18030"
NAMES: Mapping[str, str] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "65001": "utf-8",
    "ansi 65001": "utf-8",
    **dict.fromkeys(("gbk", "936", "ansi 936", "cp936", "gb2312", "gb18030", "54936", "ansi 54936"), GB),
}
"""What a .cpg file says, in lower case -> codec."""
TITLES: Mapping[str, str] = {"utf-8": "UTF-8", GB: "GB18030"}
BAD = "\ufffd"
logging.getLogger("shapefile").setLevel(logging.ERROR)


def read_shapefile(path: Path, name: str, given: Sequence[Path] = ()) -> Source:
    """Read a shapefile; .dbf, .cpg and .prj lie beside it under the same name, or are among the files given with it.

    Raises:
        ReadError: a part is missing or damaged, or its texts have no known encoding.
    """
    parts = _parts_of(path, given)
    if ".dbf" not in parts:
        cure = "把 .shp、.dbf、.shx、.prj 放在一起（或打成一个 zip）再导入"
        raise ReadError("Shapefile 缺 .dbf，里面才有名称和代码", where=name, cure=cure)
    codec, title, notes = _encoding(parts, name)
    features: list[Feature] = []
    try:
        with _open(parts, codec) as reader:
            records = [_fields(record.as_dict()) for record in reader.iterRecords()]
            for number in range(len(reader)):
                where = f"{name} 第 {number + 1} 个图形"
                geometry = geometry_of(_geometry(reader, number))
                if isinstance(geometry, str):
                    notes.append(f"{where}：{geometry}，没有使用")
                else:
                    fields = records[number] if number < len(records) else {}
                    features.append(Feature(where, fields, geometry))
    except _FAULTS as error:
        raise _damaged(name) from error
    return Source(path, name, "Shapefile", title, tuple(features), tuple(notes), stated=_system(parts))


_FAULTS = (
    *(shapefile.ShapefileException, shapefile.PossiblyCorruptFileHeader),
    *(struct.error, ValueError, EOFError, IndexError, KeyError, AssertionError),
)


def _parts_of(path: Path, given: Sequence[Path]) -> Mapping[str, Path]:
    """Return the files of a shapefile by their endings in lower case."""
    near = [*sorted(path.parent.iterdir()), *given]
    files = [one for one in near if one.stem.casefold() == path.stem.casefold() and one.is_file()]
    parts = {one.suffix.lower(): one for one in files if one.suffix.lower() in (".dbf", ".shx", ".prj", ".cpg")}
    return {**parts, ".shp": path}


def _damaged(name: str) -> ReadError:
    cure = "重新导出，把 .shp、.shx、.dbf 一起复制过来"
    return ReadError("Shapefile 已损坏或不完整", where=name, cure=cure)


@contextmanager
def _open(parts: Mapping[str, Path], codec: str) -> Iterator[shapefile.Reader]:
    with ExitStack() as stack, warnings.catch_warnings():
        # A file that is shorter than its head says has lost rows; other remarks of the library are about headings.
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", category=shapefile.PossiblyCorruptFileHeader)
        endings = [one for one in (".shp", ".shx", ".dbf") if one in parts]
        streams = {ending[1:]: stack.enter_context(parts[ending].open("rb")) for ending in endings}
        yield stack.enter_context(shapefile.Reader(encoding=codec, encodingErrors="replace", **streams))


def _geometry(reader: shapefile.Reader, number: int) -> Any:
    found = reader.shape(number)
    if found is None or found.shapeType == shapefile.NULL:
        return None
    try:
        return found.__geo_interface__
    except (shapefile.GeoJSON_Error, shapefile.RingSamplingError):
        return {"type": "Polygon", "coordinates": [[]]}


def _encoding(parts: Mapping[str, Path], name: str) -> tuple[str, str, list[str]]:
    """Return the codec of the attributes, its name for people, and notes."""
    said = _said(parts)
    stated = NAMES.get(said, "")
    order = dict.fromkeys([one for one in (stated, "utf-8", GB) if one])
    for codec in order:
        texts = _texts(parts, codec, name)
        if all(_decoded(text) for text in texts):
            notes = [f"{name}：.cpg 写的是 {said}，实际是 {TITLES[codec]}"] if said and codec != stated else []
            if cut := sum(text.endswith(BAD) for text in texts):
                notes.append(f"{name}：{cut} 处文字在字段末尾被截断半个字，已略去这半个字")
            return codec, TITLES[codec] if said else f"{TITLES[codec]}（没有 .cpg，按内容判断）", notes
    cure = "在 GIS 软件里重新导出，编码选 UTF-8，并带上 .cpg 文件"
    raise ReadError("Shapefile 属性表的文字编码认不出来", where=name, expected="UTF-8 或 GB18030（GBK）", cure=cure)


def _said(parts: Mapping[str, Path]) -> str:
    if ".cpg" not in parts:
        return ""
    return parts[".cpg"].read_bytes()[:64].decode("utf-8-sig", errors="replace").strip().lower()


def _texts(parts: Mapping[str, Path], codec: str, name: str) -> Sequence[str]:
    """Return the headings and texts of the attributes; characters that do not decode are U+FFFD."""
    try:
        with _open(parts, codec) as reader:
            headings = [field.name for field in reader.fields]
            return [*headings, *(text for record in reader.iterRecords() for text in record if isinstance(text, str))]
    except _FAULTS as error:
        raise _damaged(name) from error


def _decoded(text: str) -> bool:
    """Return whether a text decoded, except for the half character at the end of a field that is too short for it."""
    return BAD not in text[:-1]


def _fields(record: Mapping[str, Any]) -> Mapping[str, str]:
    texts = {field_text(key).rstrip(BAD): field_text(value).rstrip(BAD) for key, value in record.items()}
    return {key: text for key, text in texts.items() if text}


def _system(parts: Mapping[str, Path]) -> System | None:
    return of_prj(parts[".prj"].read_bytes()[:10_000].decode("utf-8", errors="replace")) if ".prj" in parts else None
