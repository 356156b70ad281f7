"""The sheets of an XLSForm: rows with canonical column names, in one language, that know their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from survey.errors import QuestionnaireError
from survey.formats.xlsform.standard import ALIASES, BIND, MEDIA, SUFFIXES, TRANSLATED
from survey.readers.files.excel import open_workbook
from survey.readers.files.sheet import Sheet

STANDARD = ("survey", "choices", "settings")
CHINESE = re.compile(r"中文|汉语|普通话|简体|chinese|\bzh\b|\bzh[-_]", re.IGNORECASE)
CURLY = str.maketrans("‘’“”", "''\"\"")
Column = tuple[str, str]
"""Canonical name of a column and its language, "" for none."""


@dataclass(frozen=True)
class FormRow:
    """One row of a sheet.

    Attributes:
        sheet: name of the sheet.
        number: row number as Excel shows it.
        cells: column -> text, without empty cells; a translated column is in the chosen language.
        places: column -> letters of the Excel column.
        raw: column and language -> text, of all languages.
    """

    sheet: str
    number: int
    cells: Mapping[str, str]
    places: Mapping[str, str]
    raw: Mapping[Column, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        """Return a cell, "" if it is empty or there is no such column."""
        return self.cells.get(column, "")

    def code(self, column: str) -> str:
        """Return a cell with an expression or a name; typographic quotes become straight ones."""
        return self[column].translate(CURLY)

    @property
    def place(self) -> str:
        """The row, for messages."""
        return f"{self.sheet} 第 {self.number} 行"

    def cell_place(self, column: str) -> str:
        """Return column and cell, for messages; only the column if the sheet lacks it."""
        letters = self.places.get(column)
        return f"{column} 列（{letters}{self.number}）" if letters else f"{column} 列"


@dataclass(frozen=True)
class FormSheet:
    """One sheet.

    Attributes:
        name: "survey", "choices" or "settings".
        columns: every column with a heading -> its letters.
        rows: rows that are not empty.
        twins: headings that mean a column that another heading already means.
    """

    name: str
    columns: Mapping[Column, str] = field(default_factory=dict)
    rows: tuple[FormRow, ...] = ()
    twins: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of the labels, in order; "" for a column without one."""
        return tuple(language for column, language in self.columns if column == "label")


@dataclass(frozen=True)
class Workbook:
    """The three sheets of a form, its languages by preference, and the names of all other sheets."""

    survey: FormSheet
    choices: FormSheet
    settings: FormSheet
    languages: tuple[str, ...]
    others: tuple[str, ...]


def read_workbook(path: Path) -> Workbook:
    """Read the sheets of a form.

    Raises:
        ReadError: not a workbook.
        QuestionnaireError: another suffix, no survey sheet, or a sheet of the form is hidden.
    """
    if path.suffix.lower() not in SUFFIXES:
        expected = "、".join(sorted(SUFFIXES))
        raise QuestionnaireError(
            "XLSForm 不是 Excel 工作簿", got=path.name, expected=expected, cure="另存为 xlsx 后重试"
        )
    return workbook_of(open_workbook(path), path.name)


def workbook_of(opened: Iterable[Sheet], file: str) -> Workbook:
    """Return the form in the sheets of a workbook; raise QuestionnaireError as `read_workbook` does."""
    sheets = {sheet.name.lower(): sheet for sheet in opened}
    if "survey" not in sheets:
        raise QuestionnaireError("不是 XLSForm：没有名为 survey 的工作表", where=file, got="、".join(sheets))
    for name in STANDARD:
        if name in sheets and sheets[name].hidden:
            raise QuestionnaireError(
                "工作表被隐藏，没有读取", where=file, got=name, cure="在 Excel 里取消隐藏，保存后重试"
            )
    settings = _sheet("settings", sheets.get("settings"), ())
    default = settings.rows[0]["default_language"] if settings.rows else ""
    found = [_columns(sheets.get(name)) for name in ("survey", "choices")]
    languages = dict.fromkeys(language for columns, _ in found for name, language in columns if name == "label")
    order = _order(tuple(languages), default)
    survey, choices = (_sheet(name, sheets.get(name), order) for name in ("survey", "choices"))
    others = tuple(sheet.name for name, sheet in sheets.items() if name not in STANDARD)
    return Workbook(survey, choices, settings, order, others)


def _order(languages: Sequence[str], default: str) -> tuple[str, ...]:
    """Return the languages by preference: `default_language`, Chinese, no language, the first."""
    wanted: list[str] = [one for one in languages if default and one.casefold() == default.casefold()]
    plain = list(filter(lambda one: not one, languages))
    if default and not wanted:  # a column without a language is in the default language
        wanted = plain
    chinese = [one for one in languages if CHINESE.search(one)]
    return tuple(dict.fromkeys((*wanted, *chinese, *plain, *languages)))


def _columns(sheet: Sheet | None) -> tuple[Mapping[Column, int], tuple[str, ...]]:
    """Return column -> index, and the headings whose column another heading has."""
    columns: dict[Column, int] = {}
    twins = []
    for index, heading in enumerate(sheet.head[0] if sheet and sheet.head else ()):
        if not heading.strip():
            continue
        column = column_of(heading)
        if column in columns:
            twins.append(heading.strip())
        columns.setdefault(column, index)
    return columns, tuple(twins)


def column_of(heading: str) -> Column:
    """Return the column of a heading such as `label::中文 (zh)`, `label:中文` or `bind::relevant`."""
    parts = [" ".join(part.split()) for part in re.split(r"::|:", heading) if part.strip()]
    if len(parts) > 1 and parts[0].lower() == "jr":
        parts = [f"jr:{parts[1]}", *parts[2:]]
    first, *rest = parts or [heading.strip()]
    name = "_".join(first.lower().split())
    name = ALIASES.get(name, ALIASES.get(first.lower(), name))
    if name == "bind" and rest:
        key = ":".join(rest[:2]) if rest[0].lower() == "jr" else rest[0]
        rest = rest[2:] if rest[0].lower() == "jr" else rest[1:]
        name = BIND.get(key.lower(), f"bind::{key}")
    elif name == "media" and rest and rest[0].lower() in MEDIA:
        name, rest = rest[0].lower(), rest[1:]
    if name in TRANSLATED and rest:
        return name, "::".join(rest)
    return "::".join((name, *rest)), ""


def _sheet(name: str, sheet: Sheet | None, order: Sequence[str]) -> FormSheet:
    columns, twins = _columns(sheet)
    if sheet is None or not columns:
        return FormSheet(name)
    letters = {column: sheet.letters(index) for column, index in columns.items()}
    body = sheet.load(1)
    cells = [[(cell or "").strip() for cell in column.to_pylist()] for column in body.frame.columns]
    rows = tuple(_rows(name, columns, letters, [body.rows.tolist(), *cells], order))
    return FormSheet(name, letters, rows, twins)


def _rows(
    name: str,
    columns: Mapping[Column, int],
    letters: Mapping[Column, str],
    table: Sequence[Sequence[object]],
    order: Sequence[str],
) -> Iterator[FormRow]:
    ranked = sorted(columns, key=lambda column: order.index(column[1]) if column[1] in order else len(order))
    for number, *texts in zip(*table, strict=True):
        raw = {column: str(texts[index]) for column, index in columns.items() if texts[index]}
        cells: dict[str, str] = {}
        places: dict[str, str] = {}
        for column in ranked:
            places.setdefault(column[0], letters[column])
            if column in raw and column[0] not in cells:
                cells[column[0]], places[column[0]] = raw[column], letters[column]
        yield FormRow(name, int(str(number)), cells, places, raw)
