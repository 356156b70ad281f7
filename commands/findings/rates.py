"""`silu rates --study DIR --by district,age --measure satisfaction`: rates with intervals, small cells suppressed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from commands.terminal.choices import FORMATS
from commands.terminal.options import of_counting, of_engine, of_explaining
from reports.selection import BY, DEFAULT_INTERVAL, INTERVAL_LABELS, Conditions, Selection
from survey.errors import ArgumentError
from survey.instrument.measure import MEASURES
from survey.study.modes import MODES

if TYPE_CHECKING:
    from reports.sentences.sentence import Sentence
    from survey.study.study import Study

HELP = "计算四率：按区县、年龄等分组，带置信区间"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument(
        "--by", metavar="分组", default="", help="用逗号分开，例如 district,age；可用：" + "、".join(BY)
    )
    asked = parser.add_mutually_exclusive_group()
    measures = {key: measure.label for key, measure in MEASURES.items()}
    asked.add_argument("--measure", metavar="指标", choices=tuple(measures), help="四率之一：" + _choices(measures))
    asked.add_argument("--item", metavar="题号", default="", help="指标题号，用逗号分开；不写则为四率")
    parser.add_argument("--wave", metavar="轮次", default="", help="只看这些轮次，用逗号分开；不写则为最近一轮")
    parser.add_argument("--mode", metavar="方式", choices=tuple(MODES), help="只看这种方式：" + _choices(MODES))
    parser.add_argument(
        "--where", metavar="条件", action="append", default=[], help="只看一部分人，例如 district=东湖区"
    )
    parser.add_argument(
        "--interval", metavar="区间", choices=tuple(INTERVAL_LABELS), default=DEFAULT_INTERVAL, help="区间方法"
    )
    parser.add_argument("--level", metavar="水平", type=float, default=0.95, help="置信水平，默认 0.95")
    formats = (*FORMATS, "json")
    parser.add_argument("--format", metavar="格式", choices=formats, default="table", help="table、csv、xlsx 或 json")
    parser.add_argument("--out", metavar="文件", type=Path, help="存到文件；xlsx 必须写")
    of_engine(parser)
    of_counting(parser)
    of_explaining(parser)
    parser.add_argument("--diagnostics", action="store_true", help="连同加权效率、有效份数、最轻和最重的权重")
    parser.add_argument("--version", metavar="版本", type=int, help="哪个数据版本；默认为最新")


def run(args: argparse.Namespace) -> int:
    """Request the rates and write them."""
    from commands.terminal.asked import selection_of, study_of
    from commands.terminal.deliver import check_out, deliver, write
    from commands.terminal.tables import as_json
    from reports.rate_table import rate_table
    from reports.sentences.notes.captions import rows

    by, conditions = _names(args.by, BY), _conditions(args.where)
    check_out(args)
    study = study_of(args)
    asked = replace(selection_of(args), conditions=conditions, interval=args.interval, level=args.level)
    others = {"--version": args.version is not None, "--without-excluded": args.without_excluded}
    others["--diagnostics"] = args.diagnostics
    options = [name for name, given in others.items() if given]
    found = rate_table(study, asked.asking(_items(study, args), by), options)
    records, lines = _weighting(study, asked) if args.diagnostics else ({}, [])
    if args.format == "json":
        particulars = {"provenance": found.provenance.as_mapping(), "remarks": found.remarks, **records}
        content = as_json(found.estimates.table, {**found.estimates.meta, **particulars})
        write(args, content, str(rows(found.table.index)))
    else:
        deliver(args, "", found.table, found.provenance, [*found.remarks, *lines])
    return 0


def _weighting(study: Study, asked: Selection) -> tuple[dict[str, object], list[Sentence | str]]:
    """Return how unequal the weights are, for JSON and as lines."""
    from reports.fieldwork.weighting import EXPLAINED, as_records, spread_lines, weight_spreads

    spreads = weight_spreads(study, asked)
    return {"weighting": as_records(spreads)}, [*spread_lines(spreads), EXPLAINED]


def _items(study: Study, args: argparse.Namespace) -> list[str]:
    """Return the names of the requested rates, by default the headlines."""
    from reports.definitions import headline_of, headlines

    if args.item:
        return _names(args.item, [rate.name for rate in study.questionnaire.rates])
    return [rate.name for rate in ([headline_of(study, args.measure)] if args.measure else headlines(study))]


def _names(text: str, known: Sequence[str]) -> list[str]:
    """Return the names of columns or items given by name or Chinese label."""
    from commands.terminal.asked import listed
    from reports.labels import HEADINGS

    canonical = {HEADINGS[name]: name for name in known if name in HEADINGS}
    names = [canonical.get(name, name) for name in listed(text)]
    if unknown := [name for name in names if name not in known]:
        raise ArgumentError("没有这样的分组或题号", got="、".join(unknown), expected="、".join(known))
    return names


def _conditions(texts: Sequence[str]) -> Conditions:
    """Return column -> values of all `--where`; repeated columns combine their values."""
    where: dict[str, list[str]] = {}
    for text in texts:
        name, sign, values = text.partition("=")
        if not sign:
            raise ArgumentError("条件要写成 列=值", got=text, expected="例如 district=东湖区")
        where.setdefault(_names(name, BY)[0], []).extend(values.replace("，", ",").split(","))
    return tuple((name, tuple(values)) for name, values in where.items())


def _choices(names: Mapping[str, str]) -> str:
    return "、".join(f"{name}（{label}）" for name, label in names.items())
