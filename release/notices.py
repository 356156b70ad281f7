"""Third-party notices: `python -m release.notices` writes THIRD_PARTY.md from the lock and the installed metadata."""

from __future__ import annotations

from collections.abc import Iterator

from release.licences import duties, licence_of, purpose_of
from release.lock import ROOT, Locked, read_lock

NOTICES = ROOT / "THIRD_PARTY.md"
HEAD = """# Third-party packages

What an installation of Silu may hold besides Silu itself: every package of `requirements/runtime.txt`. Written by
`python -m release.notices`; a test compares it with the lock. The licence texts lie in the installed packages, in
`<package>-<version>.dist-info/`. Nothing here is changed, and no file of it is in this repository; one word list
derives from one of them (below).

Wheels of numpy, scipy, pyarrow, duckdb, deltalake and psycopg-binary carry libraries of others inside (OpenBLAS, the
GCC runtime with its exception, OpenSSL, libpq and more); their notices are in the same folders.
"""

DERIVED = """
## What derives from a package

`data/lexicon/ordinary.txt`: most of its words, those that begin with a surname, are chosen from the dictionary of jieba
0.42.1, whose licence asks that this notice go with them:

> The MIT License (MIT). Copyright (c) 2013 Sun Junyi
>
> Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
> documentation files (the "Software"), to deal in the Software without restriction, including without limitation
> the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and
> to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above
> copyright notice and this permission notice shall be included in all copies or substantial portions of the
> Software.
>
> THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
> WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
> COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
> OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."""


def text(packages: tuple[Locked, ...]) -> str:
    """The whole file."""
    return "\n".join([HEAD, *_duties(packages), *_table(packages), DERIVED, ""])


def _duties(packages: tuple[Locked, ...]) -> Iterator[str]:
    yield "## Licences that ask for more than their notice\n"
    for licence, words in duties().items():
        names = sorted({one.name for one in packages if licence_of(one.name) == licence})
        if names:
            yield f"* **{', '.join(names)}** ({licence}). {words}"
    yield ""


def _table(packages: tuple[Locked, ...]) -> Iterator[str]:
    yield "## All packages\n"
    yield "| package | version | licence | what it is for |"
    yield "|---|---|---|---|"
    for one in packages:
        reason = purpose_of(one.name) or f"needed by {', '.join(one.needed_by)}"
        where = f"; only where {one.marker}" if one.marker else ""
        yield f"| {one.name} | {one.version} | {licence_of(one.name)} | {reason}{where} |"


def main() -> None:
    """Write the file."""
    NOTICES.write_text(text(read_lock()), encoding="utf-8")


if __name__ == "__main__":
    main()
