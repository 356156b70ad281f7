"""mapping.toml: the mapping in the study folder, which is used only after a person has confirmed it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from survey.errors import StudyError
from survey.importing.mapping import AnswerMatch, HeadingMatch
from survey.instrument.questionnaire import Questionnaire
from survey.readers.tables.read_table import Guide
from survey.readers.tables.vocabulary import target_of
from survey.storage.files import place
from survey.storage.tables import read_toml
from survey.study.study import Study

NAME = "mapping.toml"


@dataclass(frozen=True, slots=True)
class MappingFile:
    """The content of mapping.toml.

    Attributes:
        confirmed: whether a person has confirmed it.
        who: the person, and the day.
        headings: heading -> native column name; "" for a column that is not used.
        answers: question -> answer label -> code.
        places: another name of a community -> its 12-digit code.
    """

    confirmed: bool = False
    who: str = ""
    headings: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)


def place_aliases(study: Study) -> Mapping[str, int]:
    """Return the confirmed other names of communities -> code.

    Raises:
        StudyError: mapping.toml is invalid, or a code is not in the frame.
    """
    mapping = read_mapping(study.root / NAME, study.questionnaire)
    for name, code in mapping.places.items():
        if isinstance(code, bool) or code not in study.areas.by_code:
            where, expected = f"{NAME} [places] {name}", "frame.csv 里的 12 位编码"
            raise StudyError("社区名称对应到了不存在的编码", where=where, got=str(code)[:40], expected=expected)
    return mapping.places if mapping.confirmed else {}


def guide_of(study: Study) -> Guide:
    """Return the guide for readers: questionnaire, `[mapping]` of study.toml, and a confirmed mapping.toml.

    Raises:
        StudyError: mapping.toml is invalid.
    """
    mapping = read_mapping(study.root / NAME, study.questionnaire)
    if not mapping.confirmed:
        return Guide(study.questionnaire, study.mapping)
    headings = {heading: name for heading, name in mapping.headings.items() if name}
    return Guide(study.questionnaire, MappingProxyType({**study.mapping, **headings}), mapping.answers)


def read_mapping(path: Path, questionnaire: Questionnaire) -> MappingFile:
    """Read mapping.toml; return an empty mapping if there is none.

    Raises:
        StudyError: not TOML, or a column or code that is not in the questionnaire.
    """
    if not path.is_file():
        return MappingFile()
    tables, _ = read_toml(path)
    headings, answers, places = (_table(tables, name) for name in ("headings", "answers", "places"))
    _check_headings(headings, questionnaire)
    for question, wordings in answers.items():
        _check_answers(question, wordings, questionnaire)
    return MappingFile(tables.get("confirmed") is True, str(tables.get("who", "")), headings, answers, places)


def _table(tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = tables.get(name, {})
    if not isinstance(found, dict):
        raise StudyError(f"{name} 应为一张表", where=f"{NAME} [{name}]", got=str(found)[:100], expected=f"[{name}]")
    return found


def _check_headings(headings: Mapping[str, Any], questionnaire: Questionnaire) -> None:
    names = {question.name for question in questionnaire.questions}  # a field of 金数据 may be a whole matrix
    for heading, name in headings.items():
        if not isinstance(name, str) or not (name == "" or name in names or target_of(name, questionnaire)):
            raise StudyError("列名对应到了不存在的题目", where=f"{NAME} [headings] {heading}", got=str(name)[:100])


def _check_answers(question: str, wordings: Any, questionnaire: Questionnaire) -> None:
    known = next((one for one in questionnaire.questions if one.name == question), None)
    if known is None or not isinstance(wordings, dict):
        raise StudyError("答案对应写在了不存在的题目下", where=f"{NAME} [answers.{question}]")
    codes = [choice.code for choice in known.choices]
    for text, code in wordings.items():
        if isinstance(code, bool) or code not in codes:
            expected = "、".join(f"{choice.code}（{choice.label}）" for choice in known.choices)
            raise StudyError(
                "答案对应到了不存在的选项",
                where=f"{NAME} [answers.{question}] {text}",
                got=str(code),
                expected=expected,
            )


def write_mapping(
    path: Path,
    headings: Sequence[HeadingMatch],
    answers: Sequence[AnswerMatch],
    *,
    source: str,
    who: str = "",
    places: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Write mapping.toml, keeping earlier entries that the new ones do not concern.

    Args:
        path: the file.
        headings: proposed or confirmed headings.
        answers: proposed or confirmed answer labels; those without a code are written as comments.
        source: name of the file from which they come.
        who: the person who confirmed them; "" for an unconfirmed proposal.
        places: confirmed other names of communities -> code.

    Raises:
        StoreError: the file cannot be written; the old content remains.
    """
    old = _old(path)
    lines = [
        f"# 列名和答案的对应，来自 {_one_line(source)}",
        '# 每一行都请核对：左边是文件里的文字，右边是问卷的题号或选项代码；不用的列写成空的 ""',
        "# 全部核对之后，把下面一行改为 confirmed = true；没有确认的对应不会使用",
        f"confirmed = {'true' if who else 'false'}",
        f"who = {_quoted(f'{who} {date.today().isoformat()}' if who else '')}",
        "",
        "[headings]",
    ]
    lines += _headings(headings, old.get("headings", {}))
    lines += _answers(answers, old.get("answers", {}))
    if named := {**old.get("places", {}), **places}:
        lines += ["", "[places]", *(f"{_quoted(name)} = {code}" for name, code in named.items())]
    place(path, lambda copy: copy.write_text("\n".join(lines) + "\n", encoding="utf-8"), "列名对应")


def _old(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError):
        return {}


def _headings(matches: Sequence[HeadingMatch], old: Mapping[str, str]) -> Iterator[str]:
    lines: dict[str, str] = {}
    for match in matches:
        seems = match.title if match.target else f"没有把握，像是 {match.candidate} {match.title}"
        note = f"  # 相似度 {match.likeness:.2f}：{_one_line(seems)}" if match.likeness else "  # 与问卷无关"
        lines[match.heading] = f"{_quoted(match.heading)} = {_quoted(match.target)}{note}"
    kept = [f"{_quoted(heading)} = {_quoted(name)}" for heading, name in old.items() if heading not in lines]
    yield from (*lines.values(), *kept)


def _answers(matches: Sequence[AnswerMatch], old: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for question in dict.fromkeys([*(match.question for match in matches), *old]):
        mine = [match for match in matches if match.question == question]
        yield from ("", f"[answers.{_quoted(question)}]")
        for match in mine:
            seems = f"相似度 {match.likeness:.2f}：{_one_line(match.label)}" if match.label else "与任何选项都不像"
            known = match.code is not None
            line = f"{_quoted(match.text)} = {match.code}" if known else f"# {_quoted(match.text)} = 代码"
            yield f"{line}  # {seems}，{match.count} 份"
        coded = {match.text for match in mine if match.code is not None}
        yield from (f"{_quoted(text)} = {code}" for text, code in old.get(question, {}).items() if text not in coded)


def _quoted(text: str) -> str:
    """Return a TOML basic string; JSON escapes the same characters except DEL."""
    clean = text.encode("utf-8", "replace").decode("utf-8").replace("\x7f", "")
    return json.dumps(clean, ensure_ascii=False)


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)[:60]
