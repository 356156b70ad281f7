"""READERS: the survey tools whose answer files Silu reads, and the detection of the tool of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from survey.errors import ReadError
from survey.readers.cells.keys import is_garbled, key
from survey.readers.files.sheet import Opened
from survey.readers.tables.derived import identified
from survey.readers.tables.native import NativeReader
from survey.readers.tables.read_table import Guide, Match, Reader, ReadTable
from survey.readers.tables.review import reviewed
from survey.readers.tools.jinshuju import JinshujuReader
from survey.readers.tools.kobo import KoboReader
from survey.readers.tools.limesurvey import LimeSurveyReader
from survey.readers.tools.plain import PlainTableReader
from survey.readers.tools.qualtrics import QualtricsReader
from survey.readers.tools.spss_stata import PackageReader
from survey.readers.tools.surveymonkey import SurveyMonkeyReader
from survey.readers.tools.tencent import TencentReader
from survey.readers.tools.wjx import WjxReader
from survey.readers.tools.wjx_push import WjxPushReader

TOOLS: tuple[Reader, ...] = (
    *(WjxReader(), WjxPushReader(), TencentReader(), JinshujuReader(), KoboReader(), LimeSurveyReader()),
    *(QualtricsReader(), SurveyMonkeyReader()),
    *(PackageReader("spss", "SPSS", "sav"), PackageReader("stata", "Stata", "dta")),
    *(NativeReader(), PlainTableReader()),
)
READERS: Mapping[str, Reader] = {reader.name: reader for reader in TOOLS}
"""name -> reader."""
LEAST = 0.3  # lowest score at which a reader is chosen


def detect(opened: Opened, guide: Guide) -> tuple[Reader, Match]:
    """Return the reader with the highest score, and its match.

    Raises:
        ReadError: no reader recognises the file.
    """
    scored = [(reader.sniff(opened, guide), reader) for reader in READERS.values()]
    match, reader = max(scored, key=lambda pair: pair[0].score)
    if match.score < LEAST:
        raise _unknown(opened)
    return reader, match


def read(opened: Opened, guide: Guide) -> ReadTable:
    """Read a file with the reader that recognises it."""
    reader, match = detect(opened, guide)
    table = reviewed(identified(reader.read(opened, guide)))
    explained = replace(table, provenance=replace(table.provenance, why=match.why))
    return with_answers(explained, guide)


def read_native(opened: Opened, guide: Guide) -> ReadTable:
    """Read rows that are known to be in the study's own layout, as `read` does."""
    table = READERS["native"].read(opened, guide)
    return with_answers(replace(table, provenance=replace(table.provenance, why="网上问卷")), guide)


def with_answers(table: ReadTable, guide: Guide) -> ReadTable:
    """Return the table with the answer labels confirmed by a person, which take precedence over those of the tool."""
    if not guide.answers:
        return table
    aliases = dict(table.dialect.aliases)
    for question, labels in guide.answers.items():
        aliases[question] = {**aliases.get(question, {}), **{key(text): code for text, code in labels.items()}}
    return replace(table, dialect=replace(table.dialect, aliases=aliases))


def _unknown(opened: Opened) -> ReadError:
    head = [cell for sheet in opened.sheets for row in sheet.head[:3] for cell in row if cell.strip()]
    garbled = is_garbled("".join(head))
    return ReadError(
        "文件里是乱码，保存时用错了文字编码" if garbled else "认不出这个文件的格式，或者它不是这份问卷的答卷",
        where=opened.name,
        got="、".join(head[:8]),
        expected="问卷星、腾讯问卷、金数据、Kobo、LimeSurvey、Qualtrics、SurveyMonkey、SPSS、Stata 导出的原始文件，"
        "或者列名是题号或题目的表格",
        cure="请对方重新导出（不要在别的程序里改动后再保存）"
        if garbled
        else "检查文件和研究是否对应；列名与题目不同时，先用 silu mapping 生成列名对应表，核对后再导入",
    )
