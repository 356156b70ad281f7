"""What a PNG of ours says: its description, line by line, and the hash of its pixels."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator

from documents.places import place

SIGNATURE = b"\x89PNG\r\n\x1a\n"
Said = tuple[str, str]


def read(content: bytes) -> tuple[Said, ...]:
    """Return the lines of the description, then the hash of the whole picture without it.

    Raises:
        ValueError: no PNG, or one that was cut off.
    """
    if not content.startswith(SIGNATURE):
        raise ValueError("no picture")
    digest, said = hashlib.sha256(), list[Said]()
    for kind, data in _chunks(content):
        if kind == b"iTXt":
            words = zlib.decompress(data.split(b"\0", 4)[-1]).decode()
            said += [(place("图片说明第 {n} 行", n=at), line) for at, line in enumerate(words.split("\n"), start=1)]
        else:
            digest.update(kind + data)
    return (*said, ("图片", digest.hexdigest()))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        data = content[at + 8 : at + 8 + size]
        (check,) = struct.unpack_from(">I", content, at + 8 + size)
        if check != zlib.crc32(kind + data):
            raise ValueError("damaged chunk")
        yield kind, data
        at += 12 + size
