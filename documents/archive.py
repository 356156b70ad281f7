"""Archives with fixed dates, so that the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)
CORE, CLOCK = "docProps/core.xml", re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
"""The properties of a workbook, and the times in them."""


def entry(name: str) -> zipfile.ZipInfo:
    """Return the head of an entry without a date; it is stored as it is, since documents are compressed themselves."""
    found = zipfile.ZipInfo(name, EPOCH)
    found.external_attr = 0o600 << 16
    return found


def same_bytes(content: bytes) -> bytes:
    """Return an archive with the same entries in the same order, without its dates and those of workbooks in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            entry = zipfile.ZipInfo(one.filename, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            part = old.read(one.filename)
            new.writestr(entry, _timeless(part) if one.filename.endswith(".xlsx") else part)
    return out.getvalue()


def _timeless(workbook: bytes) -> bytes:
    """Return the workbook behind a chart without the time at which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            part = old.read(one.filename)
            entry = zipfile.ZipInfo(one.filename, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, CLOCK.sub(rb"\g<1>1980-01-01T00:00:00Z", part) if one.filename == CORE else part)
    return out.getvalue()
