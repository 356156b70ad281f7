"""`silu text --study DIR`: themes of open answers, distinctive themes of areas, and the coding sheet."""

from __future__ import annotations

import argparse
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from commands.findings.text_parts import PARTS, Asked
from commands.terminal.asked import selection_of, study_of
from commands.terminal.choices import FORMATS
from commands.terminal.options import of_counting, of_engine, of_explaining
from commands.terminal.progress import ProgressLine
from survey.errors import ArgumentError
from survey.host.access import require_analyst
from survey.study.modes import MODES

if TYPE_CHECKING:
    from reports.voices.asked import TextSelection
    from reports.voices.open_answers import OpenAnswers
    from survey.study.study import Study

HELP = "分析市民留言：主题占比、各区县的特别之处、人工编码表"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument("--wave", metavar="轮次", default="", help="只看这一轮；默认为最近一轮")
    parser.add_argument("--mode", metavar="方式", choices=tuple(MODES), help="只看这种方式；默认为各种抽样方式合计")
    parser.add_argument("--item", metavar="题号", default="", help="哪道开放题；默认为第一道")
    parser.add_argument("--by", metavar="分组", default="district", help="比较哪些地方，默认 district")
    parser.add_argument("--top", metavar="N", type=int, default=12, help="列出最多的几个主题，默认 12")
    copies = parser.add_mutually_exclusive_group()
    copies.add_argument("--without-copies", action="store_true", help="雷同的留言只算一条（雷同超过 5%% 时默认如此）")
    copies.add_argument("--with-copies", action="store_true", help="雷同的留言每条都算")
    parser.add_argument("--format", metavar="格式", choices=FORMATS, default="table", help="table、csv 或 xlsx")
    parser.add_argument("--out", metavar="文件", type=Path, help="把主题占比表存到文件；xlsx 必须写")
    parser.add_argument(
        "--show",
        choices=tuple(PARTS),
        help="另看：waves 各轮变化，copies 算不算雷同，places 说到的地方，discover 新主题和新词",
    )
    of_engine(parser)
    of_counting(parser)
    of_explaining(parser)
    sheet = parser.add_mutually_exclusive_group()
    sheet.add_argument("--sheet", metavar="文件.xlsx", type=Path, help="导出最值得人工编码的 20 条留言")
    sheet.add_argument("--add-words", metavar="词", nargs="+", help="把确认过的词加入本调查的词典，再重新读留言")
    sheet.add_argument("--codes", metavar="文件.xlsx", type=Path, help="读回填好的编码表")


def run(args: argparse.Namespace) -> int:
    """Read and code the answers, then run the requested part."""
    from reports.sentences.notes import texts as notes
    from reports.voices.open_answers import FOLDER, load_answers, open_questions
    from survey.study.lexicon import add_words

    study = study_of(args)
    questions = open_questions(study)
    item = args.item or next(iter(questions))
    if item not in questions:
        raise ArgumentError("没有这道开放题", got=item, expected="、".join(questions))
    if args.add_words:
        print(notes.words_added(add_words(study.root / FOLDER, args.add_words)))
    with ProgressLine() as bar:
        answers = load_answers(
            study, item, progress=lambda done, total: bar.show(f"读留言 {done:,}/{total:,}", done / max(total, 1))
        )
    if args.sheet:
        return _write(study, answers, args.sheet)
    if args.codes:
        return _keep(study, answers, args.codes)
    asked = Asked(study, answers, _selection(study, item, args), args.top)
    if args.show:
        PARTS[args.show](asked)
        return 0
    if args.out or args.format != "table":
        return _deliver(asked, args)
    return _report(asked, questions[item], args)


def _selection(study: Study, item: str, args: argparse.Namespace) -> TextSelection:
    """Return the selection, by default of the newest wave."""
    from reports.disclosure import permit
    from reports.voices.asked import TextSelection
    from survey.study.modes import PROBABILITY_MODES

    waves = [wave.name for wave in study.waves]
    selection = selection_of(args)
    if wrong := [name for name in selection.waves if name not in waves]:
        raise ArgumentError("没有这一轮调查", got="、".join(wrong), expected="、".join(waves))
    chosen = selection if selection.waves else selection.in_wave(waves[-1])
    every = sorted({mode for wave in study.waves for mode in wave.modes} & PROBABILITY_MODES)
    permit(chosen.asking((), (args.by,)), (chosen.mode,) if chosen.mode else every)
    once = True if args.without_copies else False if args.with_copies else None
    return TextSelection(chosen, item, once)


def _report(asked: Asked, title: str, args: argparse.Namespace) -> int:
    from reports.owners import unit_of
    from reports.sentences.notes import texts as notes
    from reports.sentences.sentence import rows_of
    from reports.voices.quoted import comments
    from reports.voices.shares import distinct_themes, distinctive, folded, ranked, theme_shares

    study, answers, selection = asked.study, asked.answers, asked.selection
    distinct = distinct_themes(study, answers, selection, args.by)
    shares = theme_shares(study, answers, selection)
    _head(asked, title)
    print("\n主题（占写了内容的人，95% 区间；另列占全体受访居民）")
    rows, fold = folded(ranked(shares.estimates))
    for row in rows_of(shares.estimates, rows.head(args.top), "item"):
        unit = unit_of(study.questionnaire, answers.codebook[str(row["item"])])
        print(f"  {notes.theme(row, f'（{unit}）')}")
    if fold:
        print(f"  {fold}")
    print("\n各地提得特别多的主题（错误发现率控制在 10%）")
    found = distinctive(study, distinct)
    if found.empty:
        print("  没有：各地差别都在抽样误差之内")
    for row in rows_of(found, found, args.by, "term"):
        print(f"  {notes.distinct(row, args.by, counted=not selection.selection.reserved)}")
        for quote in comments(study, answers, selection, theme=str(row["term"]), most=1):
            print(f"      例如（全市同类留言）：{quote}")
    print(f"\n{shares.provenance.text if args.explain else shares.provenance.strip}")
    return 0


def _deliver(asked: Asked, args: argparse.Namespace) -> int:
    """Write the table of theme shares: the same numbers as on the page and the screen."""
    from commands.terminal.deliver import check_out, deliver
    from reports.voices.copies import copies_note
    from reports.voices.shares import ranked, share_table, theme_shares

    check_out(args)
    shares = theme_shares(asked.study, asked.answers, asked.selection)
    table = share_table(ranked(shares.estimates), asked.answers.codebook)
    note = copies_note(asked.study, asked.answers, asked.selection)
    deliver(args, "市民留言：各主题的占比", table, shares.provenance, [note] if note else [])
    return 0


def _head(asked: Asked, title: str) -> None:
    from reports.sentences.notes import texts as notes
    from reports.voices.copies import copies_note

    answers = asked.answers
    filled = sum(answers.table["says"].to_pylist())
    here, wave = len(asked.every_copy().rows), asked.selection.selection.wave
    coder = notes.coder(answers.by_people)
    reserved = asked.selection.selection.reserved
    whole = notes.head(title, wave, here, len(answers.table), filled, coder)
    print(notes.head_of_shares(title, wave, coder) if reserved else whole)
    if note := copies_note(asked.study, answers, asked.selection):
        print(note)


def _write(study: Study, answers: OpenAnswers, path: Path) -> int:
    from reports.sentences.notes import texts as notes
    from reports.voices.coding_queue import sheet_of, to_code

    require_analyst("导出留言编码表")
    if path.suffix != ".xlsx":
        raise ArgumentError("编码表要存成 xlsx", got=path.name)
    lines = to_code(study, answers, "")
    path.write_bytes(sheet_of(lines, answers))
    print(notes.sheet_written(len(lines), path))
    print(f"填好“主题1”到“主题3”后运行：silu text --study {study.root} --codes {path}")
    return 0


def _keep(study: Study, answers: OpenAnswers, path: Path) -> int:
    from reports.sentences.notes import texts as notes
    from reports.voices.coding_queue import score
    from survey.study.coding_sheet import keep_codes, read_sheet

    verdicts = read_sheet(path, answers.labels)
    kept = keep_codes(study.root, verdicts)
    with ProgressLine() as bar:
        bar.show("用人工编码检验模型", 0.5)
        found = score(study, answers)
    print(notes.codes_read(len(verdicts), kept))
    print("人工编码满 25 条后显示 F1" if isnan(found.f1) else notes.f1(found.f1))
    for pair in found.pairs:
        print(notes.agreement(*pair))
    n, kappa = found.together
    if n and not isnan(kappa):
        print(notes.together(n, kappa))
    return 0
