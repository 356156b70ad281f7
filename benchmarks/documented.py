"""Kept tables in documents: which commands the documents name, and their tables written into them.

A document holds a table of `benchmarks/results.json` between two comments:

    <!-- kept: pages --rows 1e6 -->
    ... the tables that `python -m benchmarks.pages --rows 1e6` printed, and the machine ...
    <!-- kept end -->

`python -m benchmarks --keep` runs the commands and fills the documents, `python -m benchmarks.documented` only fills.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks import results

DOCS = Path(__file__).parent.parent / "docs"
BLOCK = re.compile(r"(<!-- kept: (?P<command>\S.*?) -->\n)(?P<body>.*?)(<!-- kept end -->)", re.DOTALL)


def commands(folder: Path = DOCS) -> list[str]:
    """Return the commands whose tables the documents of a folder show: names of benchmarks with their options."""
    found = (match["command"] for path in _documents(folder) for match in BLOCK.finditer(path.read_text("utf-8")))
    return list(dict.fromkeys(found))


def fill(folder: Path = DOCS, kept: Path = results.KEPT) -> list[str]:
    """Write the kept tables into the documents of a folder.

    Returns:
        The commands of which nothing is kept; what the documents show of them stays.
    """
    known = results.runs(kept)
    for path in _documents(folder):
        before = path.read_text("utf-8")
        after = BLOCK.sub(lambda block: f"{block[1]}{_shown(known, block)}{block[4]}", before)
        if after != before:
            path.write_text(after, encoding="utf-8")
    return [command for command in commands(folder) if command not in known]


def _documents(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.md"))


def _shown(known: Mapping[str, results.Run], block: re.Match[str]) -> str:
    """Return the tables of a command as Markdown, and the machine; what the document shows where none is kept."""
    run = known.get(block["command"])
    if run is None:
        return block["body"]
    tables = (
        "\n".join(_line(cells) for cells in (one.columns, ["---"] * len(one.columns), *one.rows)) for one in run.tables
    )
    return "\n" + "\n\n".join([*tables, f"({run.machine})"]) + "\n\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Fill the documents; return the number of commands of which nothing is kept, and name them."""
    missing = fill()
    print(*(f"nothing is kept of {command}\n" for command in missing), sep="", end="", file=sys.stderr)
    return len(missing)


if __name__ == "__main__":
    sys.exit(main())
