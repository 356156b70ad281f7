"""The study and the selection named by the options of a command. Heavy modules are imported only when called."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from accounts.scope import scope_note
from reports.selection import Selection
from survey.errors import ArgumentError
from survey.host.engine import SPARK, EngineSettings, engine_fault, master_fault, memory_fault

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
    if note := scope_note():
        print(note, file=sys.stderr)
    study = as_published(load_study(args.study))
    return replace(study, engine=_engine(study, args)) if hasattr(args, "engine") else study


def _engine(study: Study, args: argparse.Namespace) -> EngineSettings:
    """Return the engine by the options `of_engine`, else by [engine]; an address alone asks for Spark."""
    checks = {"engine": engine_fault, "master": master_fault, "memory": memory_fault}
    given = {name: value for name in checks if (value := getattr(args, name)) is not None}
    if given and study.publication:
        cure = "由分析员运行；领导和各部门看公布的结果，不用写这些选项"
        raise ArgumentError("公布的结果在本机算，不能换引擎", where=f"--{next(iter(given))}", cure=cure)
    for name, value in given.items():
        if expected := checks[name](value):
            raise ArgumentError("选项写法不对", where=f"--{name}", got=value, expected=expected)
    if "master" in given:
        given.setdefault("engine", SPARK)
    return EngineSettings(**{**study.sections.get("engine", {}), **given})


def listed(text: str) -> list[str]:
    """Split names at commas, Chinese ones included."""
    return [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]
