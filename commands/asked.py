"""The study and the selection named by the options of a command. Heavy modules are imported only when called."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from reports.selection import Selection

if TYPE_CHECKING:
    from survey.study.study import Study


def selection_of(args: argparse.Namespace) -> Selection:
    """Return the selection of the shared options."""
    return Selection(
        waves=tuple(listed(args.wave)),
        mode=args.mode or "",
        version=getattr(args, "version", None),
        without_excluded=args.without_excluded,
    )


def study_of(args: argparse.Namespace) -> Study:
    """Return the study of `--study`.

    Raises:
        StudyError: the folder is invalid.
        ArgumentError: the role may not use `--without-excluded`.
    """
    from reports.disclosure import permit_exclusions
    from reports.publishing.publication import as_published
    from survey.study.study import load_study

    permit_exclusions(selection_of(args))
    return as_published(load_study(args.study))


def listed(text: str) -> list[str]:
    """Split names at commas, Chinese ones included."""
    return [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]
