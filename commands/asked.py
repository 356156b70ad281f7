"""The study and the selection that the options of a command name. Light: what reads a study is imported when called."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from reports.selection import Selection

if TYPE_CHECKING:
    from survey.study.study import Study


def selection_of(args: argparse.Namespace) -> Selection:
    """What the options that the commands have in common ask for."""
    return Selection(
        waves=tuple(listed(args.wave)),
        mode=args.mode or "",
        version=getattr(args, "version", None),
        without_excluded=args.without_excluded,
    )


def study_of(args: argparse.Namespace) -> Study:
    """The study of `--study`.

    Raises:
        StudyError: the folder is faulty.
        ArgumentError: other responses are asked for than this role may compare.
    """
    from reports.disclosure import permit_exclusions
    from survey.study.study import load_study

    permit_exclusions(selection_of(args))
    return load_study(args.study)


def listed(text: str) -> list[str]:
    """Names separated by commas, Chinese ones too."""
    return [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]
