"""Complete a SurveyJS file with what this software needs beyond it, and list what was completed.

SurveyJS files have no identity, often no title and no pages, and options that are texts. Completing them is a function
of the file alone, and a complete file is not changed, so that fingerprints are stable.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from survey.instrument.choices import localised_text
from survey.instrument.completion.names import valid_names
from survey.instrument.completion.options import Coding, coded, named
from survey.instrument.completion.properties import modernised
from survey.instrument.completion.recoding import Recoded, recoded, rewritten
from survey.instrument.finding import LintFinding

CURE = "给选项写好编码（value 用整数），条件用编码"
UNTITLED = "未命名问卷"
FIRST_VERSION = "1"
IDENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LISTS = ("choices", "columns", "rateValues")
"""Properties with options."""
BRANCHES = ("pages", "elements", "questions", "triggers", "completedHtmlOnCondition")
"""Properties with objects in which something is completed."""
SHOWN = 8
"""Number of questions that a note lists."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A completed questionnaire.

    Attributes:
        survey: the SurveyJS object, or any other value as it was.
        findings: a note for each completion, and an error for each condition that cannot follow it.
        flat: whether the questions were at the top of the file, outside of any page.
    """

    survey: Any
    findings: tuple[LintFinding, ...]
    flat: bool = False


def complete(survey: Any) -> Completed:
    """Return a questionnaire with pages, title, identity and coded options.

    Args:
        survey: any JSON value of a file; it is not changed.
    """
    if not isinstance(survey, Mapping):
        return Completed(survey, ())
    made = _copied(survey)
    flat = "pages" not in made and any(isinstance(made.get(key), list) for key in ("elements", "questions"))
    findings = [*_paged(made, flat), *_modernised(made), *_headed(made), *_titled(made)]
    changes: dict[str, Recoded] = {}
    findings += _coded(made, changes)
    names = valid_names(changes)
    findings += _named(made, names)
    changes = {name: replace(change, name=names.get(name, name)) for name, change in changes.items()}
    findings += _conditions(made, {name: change for name, change in changes.items() if change != Recoded(name)})
    return Completed(made, tuple(findings), flat)


def _copied(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a questionnaire, page, panel or question whose properties can be replaced."""
    made = dict(part)
    for key in BRANCHES:
        if isinstance(made.get(key), list):
            made[key] = [_copied(entry) if isinstance(entry, dict) else entry for entry in made[key]]
    return made


def _note(path: str, what: str, expected: str, subject: str = "") -> LintFinding:
    return LintFinding("note", path, subject, what, expected=expected)


def _paged(survey: dict[str, Any], flat: bool) -> Iterator[LintFinding]:
    if flat:
        key = "elements" if isinstance(survey.get("elements"), list) else "questions"
        survey["pages"] = [{"name": "page1", "elements": survey.pop(key)}]
        yield _note("pages", "没有 pages，题目写在最外层", "放进一页")


def _modernised(survey: dict[str, Any]) -> Iterator[LintFinding]:
    for path, part in _parts(survey):
        for change in modernised(part):
            yield _note(f"{path}.{change.key}", change.what, change.now, str(part.get("name", "")))


def _headed(survey: dict[str, Any]) -> Iterator[LintFinding]:
    """Add title, identity and version."""
    if "title" not in survey:
        survey["title"] = next(filter(None, (localised_text(page.get("title")) for page in _pages(survey))), UNTITLED)
        yield _note("title", "没有 title", f"标题用“{survey['title']}”")
    if "instrumentId" not in survey:
        title = localised_text(survey["title"])
        digest = hashlib.sha256(title.encode()).hexdigest()[:8]
        survey["instrumentId"] = title if IDENTITY.fullmatch(title) else f"form-{digest}"
        identity = survey["instrumentId"]
        yield _note("instrumentId", "没有 instrumentId", f"表号用 {identity}；改标题会换表号，请自己写一个")
    if "instrumentVersion" not in survey:
        survey["instrumentVersion"] = FIRST_VERSION
        yield _note("instrumentVersion", "没有 instrumentVersion", f"版本用 {FIRST_VERSION}；改问卷时请自己写")


def _titled(survey: dict[str, Any]) -> Iterator[LintFinding]:
    """Note which questions have no title, and are shown by name."""
    names = [str(part["name"]) for _, part in _parts(survey) if _is_question(part) and not part.get("title")]
    if names:
        listed = "、".join(names[:SHOWN]) + ("……" if len(names) > SHOWN else "")
        yield _note("pages", f"{len(names)} 道题没有 title", f"题目用题号：{listed}")


def _is_question(part: Mapping[str, Any]) -> bool:
    return isinstance(part.get("name"), str) and part["name"] != "" and part.get("type") not in (None, "html", "panel")


def _named(survey: dict[str, Any], names: Mapping[str, str]) -> Iterator[LintFinding]:
    """Give questions names that can be names of columns; the old one remains for answer files, and as a title."""
    for path, part in _parts(survey):
        if _is_question(part) and (name := names.get(part["name"])):
            part["title"] = part.get("title") or part["name"]
            part.setdefault("sourceName", part["name"])
            yield _note(f"{path}.name", f"题号 {part['name']} 不能作列名", f"改成 {name}", name)
            part["name"] = name


def _coded(survey: dict[str, Any], changes: dict[str, Recoded]) -> Iterator[LintFinding]:
    """Code options and rows, and record what changed by the name of the question as it is written."""
    for path, part in _parts(survey):
        if not _is_question(part):
            continue
        options = {key: found for key in LISTS if (found := coded(part.get(key)))}
        rows = named(part.get("rows")) if part["type"] == "matrix" else None
        for key, found in {**options, **({"rows": rows} if rows else {})}.items():
            part[key] = list(found.entries)
            what = "矩阵的行没有代号" if key == "rows" else "选项没有编码"
            yield _note(f"{path}.{key}", what, str(found), part["name"])
        changes[part["name"]] = recoded(part, _only(options), rows)


def _only(options: Mapping[str, Coding]) -> Coding | None:
    return next(iter(options.values()), None)


def _conditions(survey: dict[str, Any], changes: Mapping[str, Recoded]) -> Iterator[LintFinding]:
    """Rewrite the conditions on questions whose name, options or rows changed."""
    for path, part, key in _written_conditions(survey):
        found = rewritten(part[key], changes)
        subject = str(part.get("name", ""))
        for what, got in found.problems:
            yield LintFinding("error", f"{path}.{key}", subject, what, got=got, cure=CURE)
        if found.text != part[key] and not found.problems:
            yield _note(f"{path}.{key}", f"条件 {part[key]} 改用编码", found.text, subject)
            part[key] = found.text


def _written_conditions(survey: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield path, object and property of every condition."""
    for path, part in _parts(survey):
        if isinstance(part.get("visibleIf"), str):
            yield path, part, "visibleIf"
    for key in ("triggers", "completedHtmlOnCondition"):
        for index, entry in enumerate(_objects(survey.get(key))):
            if isinstance(entry.get("expression"), str):
                yield f"{key}[{index}]", entry, "expression"


def _parts(survey: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield path and object of every page, panel, question and text."""
    for number, page in enumerate(_pages(survey)):
        yield from _below(f"pages[{number}]", page)


def _below(path: str, part: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield path, part
    if part.get("type", "panel") == "panel":
        for index, inner in enumerate(_objects(part.get("elements"))):
            yield from _below(f"{path}.elements[{index}]", inner)


def _pages(survey: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _objects(survey.get("pages"))


def _objects(values: Any) -> list[dict[str, Any]]:
    """Return a list of objects, [] if it is none or has an entry that is none."""
    found = values if isinstance(values, list) else []
    return found if all(isinstance(value, dict) for value in found) else []
