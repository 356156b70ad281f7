"""Import: from an answer file to a committed store, compared with reading alone by the usual tools.

    python -m benchmarks.import_ [rows_xlsx rows_csv]
    python -m benchmarks.import_ --largest     Excel's largest sheet, by `silu import`

CPU seconds of the whole process tree, peak memory of the largest process, one fresh process for each line.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

EXPORTS = Path(__file__).parent.parent / "tests" / "survey" / "data" / "exports"
QUESTIONNAIRE = EXPORTS / "wm_questionnaire.surveyjs.json"
TARGETS = {"xlsx": (3.0, 400), "csv": (6.0, None)}
COLUMNS = 20
EXCEL_ROWS = 1_048_576
PATTERN = 5_000  # distinct rows of the largest sheet
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
    f'ContentType="{SHEET_TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{SHEET_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
"""The small members of a workbook with one sheet."""


def questions() -> list[Any]:
    """Return the questions of the sample questionnaire but the last: 20 columns with the six of the envelope."""
    from survey.instrument.questionnaire import read_questionnaire

    return list(read_questionnaire(QUESTIONNAIRE).questions[:-1])


def answers(rows: int) -> Iterator[list[str]]:
    """Make a 问卷星 by-text export: a heading, then random answers with mixed Chinese text."""
    asked, draw = questions(), random.Random(20261122)
    heading = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
    for number, question in enumerate(asked, start=1):
        labels = [row.label for row in question.rows]
        first = f"{number}、{question.title}"
        heading += [f"{first}—{labels[0]}", *(f"{number}、{label}" for label in labels[1:])] if labels else [first]
    yield heading
    for row in range(rows):
        stamp = f"2027/3/{1 + row % 14} {row % 24}:{row % 60:02d}:{row * 7 % 60:02d}"
        cells = [str(row + 1), stamp, f"{draw.randint(20, 900)}秒", "微信", "N/A", f"117.136.{row % 256}.9(广东-广州)"]
        earlier: dict[str, str] = {}
        for question in asked:
            given = [cell(question, draw, row, earlier) for _ in question.rows or (question,)]
            earlier[question.name] = given[0]
            cells += given
        yield cells


def cell(question: Any, draw: random.Random, row: int, earlier: dict[str, str]) -> str:
    """Return one answer; q2 follows from q1 as the questionnaire requires."""
    if question.type.several:
        labels = [choice.label for choice in question.choices if choice.code != 97]
        shown = earlier["q1"] in ("知道", "听说过，但不太了解")
        return "┋".join(draw.sample(labels, draw.randint(1, 4))) if shown else "(跳过)"
    if question.type.numeric:
        return str(draw.randint(18, 90))
    if question.type.open:
        return "(空)" if row % 3 else f"希望早晚高峰路口的交通秩序再好一些{row}"
    return "是" if question.name == "s1" else str(draw.choice(question.choices).label)


def write(path: Path, rows: int) -> None:
    """Write the export as xlsx or csv, by the suffix."""
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file).writerows(answers(rows))
        return
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(answers(rows)):
            sheet.write_row(number, 0, cells)


def make_study(root: Path) -> None:
    """Make a study folder with the questionnaire of the sample exports, outside the measurement."""
    from survey.study.template.new_study import init_study

    init_study(root)
    (root / "questionnaire.json").write_bytes(QUESTIONNAIRE.read_bytes())
    with (root / "frame.csv").open(encoding="utf-8-sig", newline="") as file:
        districts = dict.fromkeys(row["区县"] for row in csv.DictReader(file))
    margins = ["区县,人口", *(f"{name},1000" for name in districts)]
    (root / "margins.csv").write_text("\n".join(margins) + "\n", encoding="utf-8")
    settings = (root / "study.toml").read_text(encoding="utf-8")  # the samples have no place: an online wave
    (root / "study.toml").write_text(settings.replace('modes = ["household"]', 'modes = ["online"]'), encoding="utf-8")


def silu(path: Path) -> int:
    """Import into a committed store, from loading the study on."""
    from survey.importing.ingest import import_files
    from survey.study.study import load_study

    done = import_files(load_study(path.parent / f"study-{path.suffix[1:]}"), [path], "W1", mode="online")
    assert done.preview.rejected == 0, done.preview.issues
    return done.preview.new


def pandas_read(path: Path) -> int:
    """Read with pandas and its default engine, all text; nothing is coded, checked or stored."""
    import pandas as pd

    read = pd.read_csv if path.suffix == ".csv" else pd.read_excel
    return len(read(path, dtype=str))


def openpyxl_read(path: Path) -> int:
    """Read with openpyxl, read-only, row by row; nothing is coded, checked or stored."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    return sum(1 for _ in book.active.iter_rows(values_only=True)) - 1


WAYS: dict[str, Callable[[Path], int]] = {"silu": silu, "pandas": pandas_read, "openpyxl": openpyxl_read}
LABELS = {
    "silu": "Silu: read, code, check, commit",
    "pandas": "pandas: read only",
    "openpyxl": "openpyxl read-only: read only",
}


def measure(way: str, path: Path) -> dict[str, float]:
    """Return CPU seconds and peak MB of one way in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.import_", "--one", way, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    used: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return used


def one(way: str, path: Path) -> None:
    """Run the measured process: its own time and memory and those of its children."""
    rows = WAYS[way](path)
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(part.ru_utime + part.ru_stime for part in usage)
    print(json.dumps({"rows": rows, "cpu": cpu, "peak": max(part.ru_maxrss for part in usage) / 1024}))


def write_largest(path: Path) -> None:
    """Write as many rows as an Excel sheet can hold; by hand, since any library needs minutes."""
    rows = list(answers(PATTERN))
    tails = ["".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row[1:]) for row in rows[1:]]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            heading = "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in rows[0])
            sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{heading}</row>'.encode())
            for start in range(2, EXCEL_ROWS + 1, PATTERN):
                numbers = range(start, min(start + PATTERN, EXCEL_ROWS + 1))
                block = (f'<row r="{n}"><c><v>{n - 1}</v></c>{tails[n % PATTERN]}</row>' for n in numbers)
                sheet.write("".join(block).encode())
            sheet.write(b"</sheetData></worksheet>")


def largest(folder: Path) -> int:
    """Import Excel's largest sheet with `silu import`: its output, time and memory."""
    path = folder / "answers.xlsx"
    write_largest(path)
    make_study(folder / "study")
    command = [sys.executable, "cli.py", "import", str(path), "--study", str(folder / "study"), "--wave", "W1", "--yes"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(done.stdout + done.stderr)
    size = f"{path.stat().st_size / 2**20:.0f} MB"
    print(f"exit code {done.returncode}, {size}, {EXCEL_ROWS:,} rows, ", end="")
    print(f"{usage.ru_utime + usage.ru_stime:.1f} CPU s, {usage.ru_maxrss / 1024:.0f} MB")
    return 0


def main(arguments: list[str]) -> int:
    """Print the table; return 1 when a target is missed."""
    if arguments[:1] == ["--one"]:
        one(arguments[1], Path(arguments[2]))
        return 0
    if arguments == ["--largest"]:
        with tempfile.TemporaryDirectory() as folder:
            return largest(Path(folder))
    xlsx, text = (int(count) for count in arguments or ("100000", "1000000"))
    missed = 0
    print("| file | way | CPU s | peak MB | target |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for suffix, rows in (("xlsx", xlsx), ("csv", text)):
            path = Path(folder) / f"answers.{suffix}"
            write(path, rows)
            make_study(Path(folder) / f"study-{suffix}")
            for way in ("silu", "pandas", *(("openpyxl",) if suffix == "xlsx" else ())):
                used = measure(way, path)
                cpu, memory = TARGETS[suffix]
                goal = f"<= {cpu:g} s" + (f", <= {memory} MB" if memory else "") if way == "silu" else ""
                what = f"{suffix} {rows:,} x {COLUMNS} | {LABELS[way]}"
                print(f"| {what} | {used['cpu']:.2f} | {used['peak']:.0f} | {goal} |", flush=True)
                late = way == "silu" and (used["cpu"] > cpu or (memory is not None and used["peak"] > memory))
                missed += late
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
