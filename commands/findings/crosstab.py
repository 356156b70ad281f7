"""`silu crosstab --study DIR --rows A1,E --by district,age×sex`: any question by any groups, with marks and tests."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from commands.terminal.choices import FORMATS
from commands.terminal.options import of_counting, of_explaining
from survey.errors import ArgumentError
from survey.study.modes import MODES

if TYPE_CHECKING:
    from reports.crosstab.request import Net, Request

HELP = "交叉分析：任何题目按任何分组（也按答案），带区间、差别标记和检验"
MARKS = {"rest": "与其余各组比", "letters": "两两比，标字母", "none": "不标"}
ADJUSTED = ("bh", "holm")
CHECKED = "正在核查 {} 的答卷真实性（silu derive 可以提前做）"
NEGATED = re.compile(r"""('[^']*'|"[^"]*")|\bnot\s*\(""")
"""A text, which stays, or "not (" for "!(", which a shell would take for a command of its history."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument(
        "--rows", metavar="题号", required=True, help="用逗号分开，例如 A1,E,B1；矩阵题名代表它的每一行"
    )
    parser.add_argument(
        "--by", metavar="分组", default="", help="用逗号分开；嵌套用 ×（或 *），例如 district,age×sex,A1"
    )
    parser.add_argument(
        "--where",
        metavar="条件",
        default="",
        help="只看一部分人，例如 \"{A1} = 1 and not ({district} = '东湖区' or {age} = 4)\"",
    )
    parser.add_argument(
        "--net", metavar="合并", action="append", default=[], help="合并答案，例如 E0:满意=很满意+比较满意，可写多次"
    )
    parser.add_argument("--means", action="store_true", help="单选题也给选项编码的平均数（数值题总是给）")
    parser.add_argument("--everyone", action="store_true", help="说不清、不愿回答和空着的也算在分母里")
    chosen = "、".join(f"{name}（{label}）" for name, label in MARKS.items())
    parser.add_argument("--marks", metavar="标记", choices=tuple(MARKS), default="rest", help=f"差别怎么标：{chosen}")
    parser.add_argument("--adjust", metavar="校正", choices=ADJUSTED, default="bh", help="多重比较校正：bh 或 holm")
    parser.add_argument("--alpha", metavar="水平", type=float, default=0.05, help="差别的显著水平，默认 0.05")
    parser.add_argument("--wave", metavar="轮次", default="", help="只看这些轮次，用逗号分开；不写则为最近一轮")
    parser.add_argument("--mode", metavar="方式", choices=tuple(MODES), help="只看这种方式")
    parser.add_argument("--format", metavar="格式", choices=FORMATS, default="table", help="table、csv 或 xlsx")
    parser.add_argument("--out", metavar="文件", type=Path, help="存到文件；xlsx 必须写")
    parser.add_argument("--version", metavar="版本", type=int, help="哪个数据版本；默认为最新")
    of_counting(parser)
    of_explaining(parser)


def run(args: argparse.Namespace) -> int:
    """Tabulate and write."""
    from commands.terminal.asked import selection_of, study_of
    from commands.terminal.deliver import check_out, deliver, lines_of, write
    from commands.terminal.progress import ProgressLine
    from documents.banner import workbook
    from reports.crosstab import words
    from reports.crosstab.crosstab import crosstab
    from reports.crosstab.layout import full_table, read_table
    from reports.crosstab.notices import notices, red_columns, red_note, unmarked
    from reports.sentences.notes.captions import rows

    check_out(args)
    request = _request(args)
    study = study_of(args)
    selection = selection_of(args)
    found = crosstab(study, selection, request)
    with ProgressLine() as bar:
        red = red_columns(found, study, selection, lambda waves: bar.wait(CHECKED.format("、".join(waves))))
    found = unmarked(found, red)
    said = (red_note(found, red), words.legend(found), words.tests(found))
    remarks = [*notices(found, study.suppression), *(one for one in said if one)]
    if args.format == "xlsx":
        write(args, workbook(found, lines_of(args, found.provenance, remarks)), str(rows(found.lines)))
        return 0
    table = full_table(found) if args.format == "csv" else read_table(found)
    deliver(args, words.plainest(found, red), table, found.provenance, remarks)
    return 0


def _request(args: argparse.Namespace) -> Request:
    from commands.terminal.asked import listed
    from reports.crosstab.request import Adjustment, Marks, Request

    if not 0 < args.alpha < 1:
        raise ArgumentError("显著水平应在 0 和 1 之间", where="--alpha", got=str(args.alpha))
    heads = tuple(
        tuple(name.strip() for name in head.replace("*", "×").split("×") if name.strip()) for head in listed(args.by)
    )
    return Request(
        rows=tuple(listed(args.rows)),
        heads=heads,
        where=NEGATED.sub(lambda found: found[1] or "!(", args.where.strip()),
        nets=_nets(args.net),
        means=args.means,
        everyone=args.everyone,
        marks=Marks(args.marks),
        adjustment=Adjustment(args.adjust),
        alpha=args.alpha,
    )


def _nets(texts: Sequence[str]) -> tuple[Net, ...]:
    from reports.crosstab.request import Net

    found = []
    for text in texts:
        question, colon, rest = text.replace("：", ":").partition(":")
        label, sign, answers = rest.partition("=")
        if not (colon and sign and question and label):
            raise ArgumentError("合并要写成 题号:名称=答案+答案", got=text, expected="例如 E0:满意=很满意+比较满意")
        labels = tuple(answer.strip() for answer in answers.split("+") if answer.strip())
        found.append(Net(question.strip(), label.strip(), labels))
    return tuple(found)
