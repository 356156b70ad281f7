"""How a command hands over what it was asked for: a sentence, a table, and the lines that say where it comes from."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import pandas as pd

from commands.tables import FORMATS
from reports.provenance import Provenance
from survey.errors import ArgumentError


def deliver(
    args: argparse.Namespace,
    sentence: str,
    table: pd.DataFrame,
    provenance: Provenance | None,
    remarks: Sequence[str] = (),
) -> None:
    """Print sentence and table, or store the table.

    Args:
        args: `format`, `out` and `explain` count.
        sentence: what to do, printed first; "" for none.
        table: as people read it.
        provenance: where the numbers come from; None where there are none yet.
        remarks: what else must be said.
    """
    content = FORMATS[args.format](table, lines_of(args, provenance, remarks))
    write(args, content, f"共 {len(table)} 行", sentence)


def write(args: argparse.Namespace, content: bytes, size: str, sentence: str = "") -> None:
    """Print what was made, or store it in the file of `--out` and say so."""
    if args.out is None:
        sys.stdout.write(f"{sentence}\n\n" if sentence else "")
        sys.stdout.write(content.decode("utf-8-sig" if sentence else "utf-8"))
        return
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_bytes(content)
    print("\n".join([*([sentence] if sentence else []), f"已存到 {args.out}，{size}"]))


def lines_of(args: argparse.Namespace, provenance: Provenance | None, remarks: Sequence[str]) -> list[str]:
    """The lines below a table: the strip, the remarks, and with `--explain` the whole account."""
    if provenance is None:
        return list(remarks)
    account = provenance.text.splitlines() if args.explain else []
    return [provenance.strip, *remarks, *account]


def check_out(args: argparse.Namespace) -> None:
    """Refuse a workbook that has no file to go to, before anything is computed.

    Raises:
        ArgumentError: with the cure.
    """
    if args.format == "xlsx" and args.out is None:
        raise ArgumentError("xlsx 要存成文件", cure="加上 --out 文件名.xlsx")
