"""Nothing leaves or changes a study unlogged: every download, button, endpoint and command is found in the source."""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pandas as pd
import streamlit as st

import cli
from accounts.database import account_file
from accounts.entry import Entry
from accounts.rules import Provider, Rules
from views.door import forms, sso
from views.door.door import ROUTES, Doorway

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("survey", "reports", "accounts", "documents", "views", "commands")
WRITERS = {"write_whole", "append_line", "commit", "write_text", "write_bytes", "unlink", "changing"}
"""Calls that write a file of a study."""
CLICKS = {"button", "form_submit_button", "file_uploader"}
LOGGING = ("change", "_noted")
"""Contexts that log what is done inside of them."""
DERIVED = {
    ("reports.fieldwork.deriving", "derive_at_commit"): "results that are made again from the answers at any time",
    ("survey.storage.integrity.log", "check_log"): "what a killed process left, put in order when a store is opened",
    ("survey.storage.integrity.log", "checked_log"): "the same",
    ("reports.fieldwork.kept_lights", "keep_units"): "the same",
    ("reports.fieldwork.kept_report", "kept_report"): "the same",
    ("reports.fieldwork.kept.verdicts", "kept_verdicts"): "the same",
    ("reports.counted.trial_cells", "terms_without"): "the same",
    ("reports.desk.visits", "acknowledge"): "which news one person has read",
    ("survey.host.scratch", "_sweep"): "temporary files of processes that were killed",
    ("documents.pdf.render", "content_of"): "the scratch folder of the typesetter",
    ("accounts.sessions", "touch"): "when a session was last used; the views themselves are logged",
}
"""Functions that write what is no change of a study -> why."""
PLACES = ("study", "directory", "folder")
"""Arguments of commands that name a study, or one that is made."""
Place = tuple[str, str]
"""Module and function."""


@cache
def trees() -> dict[str, ast.Module]:
    """Return module -> its syntax tree."""
    paths = [path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return {".".join(path.with_suffix("").parts): ast.parse((ROOT / path).read_text("utf-8")) for path in paths}


@cache
def nodes(module: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(trees()[module]))


@cache
def functions() -> dict[Place, ast.FunctionDef]:
    """Return every function and method by module and name; a method is known by its name alone."""
    every = ((module, node) for module in trees() for node in nodes(module))
    return {(module, node.name): node for module, node in every if isinstance(node, ast.FunctionDef)}


@cache
def imported(module: str) -> dict[str, Place]:
    """Return name -> where it comes from."""
    found = [node for node in nodes(module) if isinstance(node, ast.ImportFrom) and node.module]
    return {one.asname or one.name: (str(node.module), one.name) for node in found for one in node.names}


@cache
def methods() -> dict[str, tuple[Place, ...]]:
    """Return name of a method -> its one place; without names that strings, tables, paths or Streamlit have as well."""
    common = {name for kind in (str, dict, set, list, pd.DataFrame, Path, st) for name in dir(kind)}
    found: dict[str, list[Place]] = {}
    for module, tree in trees().items():
        for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            for node in (one for one in owner.body if isinstance(one, ast.FunctionDef) and one.name not in common):
                found.setdefault(node.name, []).append((module, node.name))
    return {name: tuple(places) for name, places in found.items() if len(places) == 1}


def name_of(call: ast.Call) -> str:
    """Return the last name of what is called."""
    return getattr(call.func, "id", None) or getattr(call.func, "attr", "")


@cache
def calls(node: ast.AST) -> tuple[ast.Call, ...]:
    """Return all calls within a node."""
    return tuple(one for one in ast.walk(node) if isinstance(one, ast.Call))


def targets(module: str, call: ast.Call) -> tuple[Place, ...]:
    """Return the functions that a call may reach, within our source."""
    if isinstance(call.func, ast.Name):
        place = imported(module).get(call.func.id, (module, call.func.id))
        return (place,) if place in functions() else ()
    if not isinstance(call.func, ast.Attribute):
        return ()
    if isinstance(call.func.value, ast.Name) and call.func.value.id in imported(module):
        above, name = imported(module)[call.func.value.id]
        place = (f"{above}.{name}", call.func.attr)
        return (place,) if place in functions() else ()
    return methods().get(call.func.attr, ())


@cache
def logging_itself() -> frozenset[Place]:
    """Return the functions that log, themselves or by what they call in their own module."""
    found = {place for place, node in functions().items() if any(name_of(call) == "record" for call in calls(node))}
    own = {place: {(place[0], name_of(call)) for call in calls(node)} for place, node in functions().items()}
    while fresh := {place for place, to in own.items() if place not in found and to & found}:
        found |= fresh
    return frozenset(found)


@cache
def writing() -> frozenset[Place]:
    """Return the functions outside the views that write, themselves or by what they call."""
    below = {place: node for place, node in functions().items() if not place[0].startswith("views")}
    found = {place for place, node in below.items() if any(name_of(call) in WRITERS for call in calls(node))}
    found -= set(DERIVED)
    reached = {place: {to for call in calls(node) for to in targets(place[0], call)} for place, node in below.items()}
    reached = {place: to - logging_itself() for place, to in reached.items()}
    while fresh := {place for place, to in reached.items() if place not in {*found, *DERIVED} and to & found}:
        found |= fresh
    return frozenset(found)


def holds(node: ast.AST, name: str) -> bool:
    """Return whether something of this name is called in a node."""
    return any(name_of(call) == name for call in calls(node))


def exposed(module: str, node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls outside of `with change(...)`, also where they are handed to a function that does it."""
    if isinstance(node, ast.With) and any(holds(one.context_expr, name) for one in node.items for name in LOGGING):
        return
    if isinstance(node, ast.Call):
        yield node
        inside = [place for place in targets(module, node) if place[0].startswith("views")]
        if any(holds(functions()[place], "change") for place in inside):
            return
    for child in ast.iter_child_nodes(node):
        yield from exposed(module, child)


def unlogged(module: str, node: ast.AST, seen: frozenset[Place] = frozenset()) -> Iterator[Place]:
    """Yield the writing functions that are reached from a node of the views without being logged."""
    for call in exposed(module, node):
        for place in targets(module, call):
            if place[0].startswith("views"):
                yield from () if place in seen else unlogged(place[0], functions()[place], seen | {place})
            elif place in writing() and place not in logging_itself():
                yield place


def clicked(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield what runs after a click or an upload; the whole function where that is no block of its own."""
    for node in (one for one in ast.walk(function) if isinstance(one, ast.stmt)):
        condition = getattr(node, "test", None) if isinstance(node, ast.If) else None
        if condition is not None and any(holds(condition, name) for name in CLICKS):
            yield from [function] if isinstance(condition, ast.UnaryOp) else node.body
        elif not isinstance(node, ast.FunctionDef | ast.With | ast.For | ast.If | ast.Try):
            yield from [function] if any(holds(node, name) for name in CLICKS) else []


def faults() -> Iterator[str]:
    """Yield what a click of a page, or a request at a route or middleware, writes without logging it."""
    for (module, name), function in functions().items():
        if module.startswith("views"):
            asked = module.startswith(("views.door", "views.shell"))
            for node in [function] if asked else clicked(function):
                yield from (f"{module}.{name}: {'.'.join(place)}" for place in unlogged(module, node))


def test_every_click_and_every_request_that_writes_is_logged() -> None:
    assert sorted(set(faults())) == []


def test_the_walk_finds_what_is_not_logged() -> None:
    """The same walk, without the logging that there is, finds the writers behind the buttons."""
    found = {place for (module, name), one in functions().items() if module.startswith("views.panels.deciding")
             for place in unlogged(module, ast.Module(inside(one), []))}  # fmt: skip
    assert {name for _, name in found} >= {"decide_bursts", "newly_published"}


def inside(function: ast.FunctionDef) -> list[ast.stmt]:
    """Return the blocks of `with change(...)` in a function, without their first line."""
    blocks = [node for node in ast.walk(function) if isinstance(node, ast.With)]
    return [one for node in blocks if holds(node, "change") for one in node.body]


def test_every_download_is_logged_in_one_place() -> None:
    every = ((module, node) for module in trees() for node in nodes(module))
    drawn = {module for module, node in every if isinstance(node, ast.Attribute) and node.attr == "download_button"}
    assert drawn == {"views.visitor.downloads"}
    one = functions()["views.visitor.downloads", "_logged"]
    assert [name_of(call) for call in calls(one)] == ["record", "make"]


def test_every_command_logs_on_its_study_or_touches_none() -> None:
    loading = {place for place in functions() if place[1] in ("load_study", "account_file", "ResponseStore")}
    for name, (module, _) in cli.COMMANDS.items():
        parser = argparse.ArgumentParser()
        loaded = import_module(f"commands.{module}")
        loaded.configure(parser)
        if not {action.dest for action in parser._actions} & set(PLACES):
            called = {to for place, node in functions().items() if place[0] == loaded.__name__
                      for call in calls(node) for to in targets(place[0], call)}  # fmt: skip
            assert not called & loading, f"{name} opens a study and does not say which"


def test_the_server_has_no_routes_but_those_of_the_door_and_of_streamlit(tmp_path: Path) -> None:
    way = Doorway(Entry(account_file(tmp_path), Rules(provider=Provider("https://a.example", "x"))), tmp_path)
    own = {route.path for route in [*forms.routes(way), *sso.routes(way)]}
    assert own == set(ROUTES)
    handlers = {route.endpoint.args[1] for route in [*forms.routes(way), *sso.routes(way)]}
    assert {handler.__module__ for handler in handlers} == {"views.door.forms", "views.door.sso"}
