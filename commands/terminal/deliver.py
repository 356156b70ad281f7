"""Output of commands: a sentence, a table, and lines on the provenance of the figures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from survey.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd

    from reports.provenance import Provenance
    from reports.sentences.sentence import Sentence


def deliver(
    args: argparse.Namespace,
    sentence: Sentence | str,
    table: pd.DataFrame,
    provenance: Provenance | None,
    remarks: Sequence[Sentence | str] = (),
) -> None:
    """Print sentence and table, or write the table to a file.

    Args:
        args: the options `format`, `out` and `explain`.
        sentence: recommendation, printed first; empty for none.
        table: the table for display.
        provenance: provenance of the figures; None if there are none yet.
        remarks: further remarks.
    """
    from commands.terminal.tables import FORMATS
    from reports.sentences.notes.captions import rows

    content = FORMATS[args.format](table, lines_of(args, provenance, remarks))
    write(args, content, str(rows(table.index)), sentence)


def write(args: argparse.Namespace, content: bytes, size: str, sentence: Sentence | str = "") -> None:
    """Print the content, or write it to the file of `--out` and print its name."""
    if args.out is None:
        sys.stdout.write(f"{sentence}\n\n" if sentence else "")
        sys.stdout.write(content.decode("utf-8-sig" if sentence else "utf-8"))
        return
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_bytes(content)
    print("\n".join([*([str(sentence)] if sentence else []), f"已存到 {args.out}，{size}"]))


def lines_of(args: argparse.Namespace, provenance: Provenance | None, remarks: Sequence[Sentence | str]) -> list[str]:
    """Return the lines below a table: caption, remarks and what was left out; with `--explain` the full provenance."""
    if provenance is None:
        return [str(one) for one in remarks]
    account = provenance.text.splitlines() if args.explain else provenance.notes
    return [provenance.strip, *map(str, remarks), *account]


def check_out(args: argparse.Namespace) -> None:
    """Reject a workbook without `--out` before anything is computed.

    Raises:
        ArgumentError: a workbook without a file; names the remedy.
    """
    if args.format == "xlsx" and args.out is None:
        raise ArgumentError("xlsx 要存成文件", cure="加上 --out 文件名.xlsx")
