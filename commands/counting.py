"""The option of every command that computes: with or without the responses that a person left out."""

from __future__ import annotations

import argparse
from dataclasses import replace

from survey.study import Study, load_study


def add_option(parser: argparse.ArgumentParser) -> None:
    """Add `--without-excluded`."""
    parser.add_argument("--without-excluded", action="store_true", help="不计由人决定剔除的答卷（见 silu exclude）")


def study_of(args: argparse.Namespace) -> Study:
    """The study of `--study`, with the responses that the option counts.

    Raises:
        StudyError: the folder is faulty.
    """
    return replace(load_study(args.study), without_excluded=args.without_excluded)
