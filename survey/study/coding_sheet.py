"""The coding sheet: export answers for human coding in Excel, read them back, and keep the codes in the study."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from survey.errors import ReadError
from survey.storage.files import place
from survey.storage.spreadsheets import exact_writer, open_workbook

SHEET, CODES_SHEET = "编码", "主题代码"
COLUMNS = ("编号", "留言", "系统建议", "主题1", "主题2", "主题3", "编码员")
NONE = "无"
"""Entry of a coder if no theme applies."""
CODES_FILE = "coding.csv"


@dataclass(frozen=True, slots=True)
class Line:
    """One answer to code: digest of the text, masked text, and codes suggested by the system."""

    digest: int
    text: str
    suggested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HumanCode:
    """The codes that one coder assigned to one text, the primary one first; empty if none applies."""

    digest: int
    codes: tuple[str, ...]
    coder: str


def write_sheet(path: Path, lines: Sequence[Line], themes: Mapping[str, str]) -> None:
    """Write the workbook: one row per answer, theme cells with drop-down lists, and the codes on a second sheet.

    Args:
        path: file to write.
        lines: answers to code.
        themes: code -> name.
    """
    with open_workbook(path) as book:
        sheet, codes = book.add_worksheet(SHEET), book.add_worksheet(CODES_SHEET)
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, name, bold)
        for row, line in enumerate(lines, start=1):
            shown = "、".join(themes.get(code, code) for code in line.suggested)
            for column, text in enumerate((str(line.digest), line.text, shown)):
                sheet.write_string(row, column, text, wrapped)
        sheet.set_column(0, 0, 21)
        sheet.set_column(1, 1, 60)
        sheet.set_column(2, 6, 16)
        sheet.freeze_panes(1, 2)
        names = [*themes.values(), NONE]
        for row, name in enumerate(names):
            codes.write_string(row, 0, name)
        source = f"='{CODES_SHEET}'!$A$1:$A${len(names)}"
        if lines:
            sheet.data_validation(1, 3, len(lines), 5, {"validate": "list", "source": source})


def read_sheet(path: Path, themes: Mapping[str, str]) -> tuple[HumanCode, ...]:
    """Return the codes of a completed workbook; rows without any theme are skipped.

    Raises:
        ReadError: not a coding sheet, a missing column, or a theme that is not in the codebook, with its row.
    """
    from fastexcel import FastExcelError, read_excel

    try:
        rows = read_excel(path).load_sheet(SHEET, dtypes="string").to_arrow().to_pydict()
    except (FastExcelError, OSError) as error:
        raise ReadError("编码表打不开", where=path.name, got=str(error).splitlines()[0][:80]) from None
    if missing := [name for name in COLUMNS if name not in rows and name != "系统建议"]:
        raise ReadError("编码表缺少列", where=path.name, got="缺 " + "、".join(missing), expected="、".join(COLUMNS))
    known = {name: code for code, name in themes.items()} | {code: code for code in themes}
    verdicts = []
    for at, name in enumerate(rows["编号"]):
        chosen = [str(rows[f"主题{place}"][at] or "").strip() for place in (1, 2, 3)]
        if not any(chosen):
            continue
        where = f"{path.name} 第 {at + 2} 行"
        unknown = [each for each in chosen if each and each != NONE and each not in known]
        if unknown:
            raise ReadError(
                "编码表里有码本没有的主题", where=where, got="、".join(unknown), cure="从下拉列表里选，或先改码本"
            )
        if not str(name or "").isdigit():
            raise ReadError("编码表的编号不能读", where=where, got=str(name), cure="不要改动“编号”这一列")
        codes = tuple(dict.fromkeys(known[each] for each in chosen if each and each != NONE))
        verdicts.append(HumanCode(int(name), codes, str(rows["编码员"][at] or "").strip() or "未署名"))
    return tuple(verdicts)


def settled(verdicts: Sequence[HumanCode]) -> dict[int, tuple[str, ...]]:
    """Return digest -> codes; where coders differ, the codes they share, else those of the one who coded last."""
    kept: dict[int, tuple[str, ...]] = {}
    for each in verdicts:
        before = kept.get(each.digest, each.codes)
        kept[each.digest] = tuple(code for code in each.codes if code in before) or each.codes
    return kept


def read_codes(folder: Path) -> tuple[HumanCode, ...]:
    """Return the codes kept in a study, of all coders, the latest last; empty if there are none."""
    path = folder / CODES_FILE
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(HumanCode(int(row["digest"]), tuple(row["codes"].split()), row["coder"]) for row in rows)


def keep_codes(folder: Path, verdicts: Sequence[HumanCode]) -> int:
    """Add codes to those kept, replacing earlier codes of the same coder and text; return the number kept."""
    new = {(each.digest, each.coder): each for each in verdicts}
    old = {(each.digest, each.coder): each for each in read_codes(folder)}
    kept = {name: each for name, each in old.items() if name not in new} | new

    def fill(draft: Path) -> None:
        with draft.open("w", encoding="utf-8-sig", newline="") as file:
            out = exact_writer(file)
            out.writerow(("digest", "coder", "codes"))
            out.writerows((each.digest, each.coder, " ".join(each.codes)) for each in kept.values())

    place(folder / CODES_FILE, fill, "编码结果")
    return len(kept)
