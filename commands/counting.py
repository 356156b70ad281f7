"""The option of every command that computes: with or without the responses that a person left out."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from commands.refusal import another_batch
from survey.access import Role, current_role

if TYPE_CHECKING:
    from survey.study.study import Study


def add_option(parser: argparse.ArgumentParser) -> None:
    """Add `--without-excluded`."""
    parser.add_argument("--without-excluded", action="store_true", help="不计由人决定剔除的答卷（见 silu exclude）")


def study_of(args: argparse.Namespace) -> Study:
    """The study of `--study`, with the responses that the option counts.

    Raises:
        StudyError: the folder is faulty.
        ArgumentError: the option is not for this role: with and without tell those apart that were left out.
    """
    if args.without_excluded and current_role() is not Role.ANALYST:
        raise another_batch("--without-excluded")
    # Here and not above: it loads pandas, which a help text does not need.
    from survey.study.study import load_study

    return replace(load_study(args.study), without_excluded=args.without_excluded)
