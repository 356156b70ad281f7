"""Unpack ZIP and KMZ files into a scratch folder: only boundary files, and never more than a limit."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from survey.errors import ReadError

WANTED = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg", ".geojson", ".json", ".kml"})
"""Endings of the members that are unpacked; pictures and styles of a KMZ are left where they are."""
MOST_BYTES, MOST_MEMBERS = 100 * 2**20, 2000
"""Limits of all unpacked members together."""
CHUNK = 2**20
UTF8_NAME = 0x800
"""Flag of a member whose name is UTF-8; the names of all others are those of the computer that packed them."""


def unpack(path: Path, folder: Path, name: str) -> Iterator[Path]:
    """Unpack the boundary files of an archive into a folder and yield them.

    Args:
        path: the archive.
        folder: an empty folder; members keep their names, with a number before the name where two folders are mixed.
        name: name of the archive for people.

    Raises:
        ReadError: the archive is damaged, encrypted, holds no boundary file, or unpacks to more than the limit.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if _wanted(one)]
            if len(members) > MOST_MEMBERS:
                raise _too_large(name)
            if not members:
                expected = "里面有 .shp、.geojson 或 .kml"
                raise ReadError("压缩包里没有边界文件", where=name, expected=expected, cure="换一个压缩包")
            yield from _written(archive, members, folder, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ReadError("压缩包已损坏或不完整", where=name, cure="重新下载或请对方重新打包") from error
    except RuntimeError as error:  # zipfile raises it for a password
        raise ReadError("压缩包设有密码", where=name, cure="去掉密码，重新打包后再导入") from error


def _wanted(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not member.is_dir() and not hidden and path.suffix.lower() in WANTED


def _written(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path, name: str) -> Iterator[Path]:
    left = MOST_BYTES
    folders: dict[str, int] = {}
    for member in members:
        inside = PurePosixPath(_name_of(member).replace("\\", "/"))
        number = folders.setdefault(str(inside.parent), len(folders))
        target = folder / str(number) / (re.sub(r'[\x00-\x1f<>:"|?*]', "_", inside.name)[-120:])
        target.parent.mkdir(exist_ok=True)
        with archive.open(member) as source, target.open("wb") as copy:
            while block := source.read(CHUNK):
                left -= len(block)
                if left < 0:
                    raise _too_large(name)
                copy.write(block)
        yield target


def _name_of(member: zipfile.ZipInfo) -> str:
    """Return the name of a member; Chinese Windows packs names in GBK, which zipfile takes for code page 437."""
    if member.flag_bits & UTF8_NAME:
        return member.filename
    for codec in ("utf-8", "gb18030"):
        try:
            return member.filename.encode("cp437").decode(codec)
        except UnicodeError:
            continue
    return member.filename


def _too_large(name: str) -> ReadError:
    cure = "只留边界图层、去掉图片和点位后重新导出；几百条街道的边界解压后一般不到 50 MB"
    expected = f"解压后不超过 {MOST_BYTES // 2**20} MB"
    return ReadError("压缩包解压后太大，没有读取", where=name, expected=expected, cure=cure)
