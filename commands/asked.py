"""The study and the selection named by the options of a command. Heavy modules are imported only when called."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from reports.selection import Selection
from survey.errors import ArgumentError
from survey.host.engine import SPARK, engine_fault, master_fault, memory_fault

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
    return as_published(_with_engine(load_study(args.study), args))


def _with_engine(study: Study, args: argparse.Namespace) -> Study:
    """Return the study with the engine of the options `of_engine`; an address alone asks for Spark."""
    checks = {"engine": engine_fault, "master": master_fault, "memory": memory_fault}
    given = {name: value for name in checks if (value := getattr(args, name, None)) is not None}
    for name, value in given.items():
        if expected := checks[name](value):
            raise ArgumentError("选项写法不对", where=f"--{name}", got=value, expected=expected)
    if not given:
        return study
    if "master" in given:
        given.setdefault("engine", SPARK)
    return replace(study, sections={**study.sections, "engine": {**study.sections.get("engine", {}), **given}})


def listed(text: str) -> list[str]:
    """Split names at commas, Chinese ones included."""
    return [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]
