"""Boundary files: recognise GeoJSON, Shapefile, KML, KMZ and ZIP by their content, and read each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from survey.boundaries.reading.geojson import read_geojson
from survey.boundaries.reading.kml import read_kml
from survey.boundaries.reading.shp import read_shapefile
from survey.boundaries.reading.source import Source
from survey.boundaries.reading.unpacking import unpack
from survey.errors import ReadError
from survey.host.scratch import scratch_folder
from survey.readers.files.opening import not_opened

MOST_BYTES = 100 * 2**20
"""Size of a file that is not packed."""
READABLE = "GeoJSON（.geojson、.json）、Shapefile（.shp 连同 .dbf，或它们的 zip）、KML、KMZ"
SHAPEFILE = b"\x00\x00\x27\x0a"
SIBLINGS = frozenset({".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".xml"})
"""Files beside a .shp, read with it."""


def read_sources(paths: Sequence[Path]) -> tuple[Source, ...]:
    """Read boundary files.

    Args:
        paths: files; parts of a shapefile besides its .shp may be among them.

    Raises:
        ReadError: a file is missing, empty, damaged, too large or of another kind; names the file.
    """
    own = [path for path in paths if path.suffix.lower() not in SIBLINGS]
    if not own:
        got = "、".join(path.name for path in paths)
        raise ReadError("没有可读的边界文件", got=got, expected=READABLE, cure="Shapefile 要连同 .shp 一起选上")
    with scratch_folder() as folder:
        return tuple(_read(own, paths, folder))


def _read(paths: Iterable[Path], given: Sequence[Path], folder: Path) -> Iterator[Source]:
    for number, path in enumerate(paths):
        start = _start(path)
        if not start.startswith(b"PK"):
            yield _one(path, path.name, start, given=given)
            continue
        inside = folder / str(number)
        inside.mkdir()
        members = [one for one in unpack(path, inside, path.name) if one.suffix.lower() not in SIBLINGS]
        if not members:
            cure = "把 .shp 一起打进压缩包"
            raise ReadError("压缩包里只有 Shapefile 的附属文件，缺 .shp", where=path.name, cure=cure)
        packed = path.suffix.lower() == ".kmz"
        yield from (_one(one, f"{path.name} 里的 {one.name}", _start(one), packed=packed) for one in members)


def _start(path: Path) -> bytes:
    """Return the first bytes of a file; refuse an empty or too large one."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise not_opened(path, error) from error
    if not start.strip(b"\x00\xef\xbb\xbf \t\r\n"):
        raise ReadError("文件是空的", where=path.name, cure="确认导出是否成功，再重新导出一次")
    if size > MOST_BYTES and not start.startswith(b"PK"):
        expected = f"不超过 {MOST_BYTES // 2**20} MB"
        cure = "只留边界图层，或先在 GIS 软件里简化后再导出"
        raise ReadError("边界文件太大", where=path.name, got=f"{size // 2**20} MB", expected=expected, cure=cure)
    return start


def _one(path: Path, name: str, start: bytes, *, packed: bool = False, given: Sequence[Path] = ()) -> Source:
    if start.startswith(SHAPEFILE):
        return read_shapefile(path, name, given)
    head = start.decode("utf-8", errors="ignore").lstrip("\ufeff \t\r\n")
    utf16 = start[:2] in (b"\xff\xfe", b"\xfe\xff")
    if head.startswith(("{", "[")) or (utf16 and path.suffix.lower() in (".json", ".geojson")):
        return read_geojson(path, name)
    if head.startswith("<") or (utf16 and path.suffix.lower() == ".kml"):
        return read_kml(path, name, "KMZ" if packed else "KML")
    if path.suffix.lower() == ".shp":
        raise ReadError("Shapefile 已损坏：开头不对", where=name, cure="重新导出，把 .shp、.shx、.dbf 一起复制过来")
    raise ReadError("这不是边界文件", where=name, expected=READABLE, cure="CAD、GeoPackage 先用 GIS 软件另存")
