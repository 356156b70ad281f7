"""`silu quality --study DIR`: checks of responses, quotas, response rates, preregistration and deviations."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from commands.terminal.options import of_round
from survey.errors import StudyError
from survey.host.person import name_of_person

if TYPE_CHECKING:
    from reports.fieldwork.data_quality import Fieldwork
    from survey.study.study import Study

HELP = "数据质量：逐份检查、配额进度、应答率、预登记与偏离"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_round(parser)
    parser.add_argument(
        "--register", metavar="剔除规则", default="", help="开始调查前：冻结指标、权重、门槛和这里写明的剔除规则"
    )
    parser.add_argument("--who", metavar="姓名", default="", help="经办人；默认为系统用户名")


def run(args: argparse.Namespace) -> int:
    """Register the plan, or print the quality report."""
    from reports.fieldwork.data_quality import fieldwork
    from reports.sentences.notes import fieldwork as notes
    from survey.quality.preregistration import register
    from survey.study.study import MODES, load_study

    study = load_study(args.study)
    wave = args.wave or study.waves[-1].name
    if args.register:
        made = register(study, wave, who=args.who or name_of_person(), exclusion=args.register)
        late = "" if made.early else "（注意：这一轮已经开始，属于事后登记）"
        print(f"已预登记 {wave}{late}，校验码 {made.digest[:16]}")
        return 0
    work = fieldwork(study, wave, args.mode)
    print(notes.head(study.title, wave, MODES[work.mode], len(work.read()), work.version))
    _checks(work)
    _with_and_without(work)
    _quota(work)
    _outcome(work)
    _people(study, work)
    _registration(study, wave)
    return 0


def _checks(work: Fieldwork) -> None:

    from reports.sentences.notes import fieldwork as notes
    from reports.sentences.sentence import rows_of

    print("\n逐份检查（只是提醒，不会自动剔除任何答卷）")
    found = work.summary()
    for row in rows_of(found, found, "check"):
        print(f"  {notes.check(row)}")
    print(f"  {notes.hasty(work.hasty())}")
    groups = work.flag_groups()
    print(f"\n哪些人更常被标记\n  {notes.flag_groups(groups)}")
    for row in rows_of(groups, groups, "kind", "group"):
        print(f"  {notes.flag_group(row)}")


def _with_and_without(work: Fieldwork) -> None:
    from reports.sentences.notes import fieldwork as notes
    from reports.sentences.sentence import rows_of

    table, out, decided = work.sensitivity()
    print(f"\n{notes.excluded(out, decided, '，四率会怎样')}")
    for row in rows_of(table, table, "measure"):
        print(f"  {notes.with_and_without(row)}")


def _quota(work: Fieldwork) -> None:
    from reports.sentences.notes import fieldwork as notes
    from reports.sentences.sentence import rows_of

    table = work.quota()
    if table is None:
        print("\n配额：没有 quota.csv（列：wave、分组列、target）")
        return
    cells = list(table.columns[: table.columns.get_loc("target")])
    print(f"\n{notes.outside(table.attrs['outside'])}")
    for row in rows_of(table, table, *cells):
        print(f"  {notes.quota(row, '·'.join(str(row[cell]) for cell in cells))}")


def _outcome(work: Fieldwork) -> None:
    from reports.sentences.notes import fieldwork as notes

    found = work.outcome()
    if found is None:
        print("\n应答率：没有 contacts.csv（列：case、wave、disposition），不能计算")
        return
    head, rates = notes.response_rates(found)
    print(f"\n{head}\n  {rates}")


def _people(study: Study, work: Fieldwork) -> None:
    """Print conflicts of interest of interviewers, and the gift for respondents (rules R-08 and R-11)."""
    from reports.sentences.notes import fieldwork as notes
    from survey.quality.incentives import gift_of
    from survey.quality.interviewers import conflicts

    codes = [code for code in work.read("interviewer")["interviewer"].unique().to_pylist() if code]
    found = conflicts(study, codes)
    print(f"\n{notes.employers(codes, found)}")
    for one in found[:5]:
        print(f"  {one.interviewer}：{one.reason}")
    gift = gift_of(study)
    print("礼品：没有" if gift is None else notes.gift(gift.item, gift.value))


def _registration(study: Study, wave: str) -> None:
    from reports.sentences.notes import fieldwork as notes
    from survey.quality.preregistration import deviations, read_registration

    try:
        made = read_registration(study.root, wave)
    except StudyError as error:
        print(f"\n预登记：{error.what}")
        return
    found = deviations(study, made)
    print(f"\n{notes.registered(f'{made.at:%Y-%m-%d}', not made.early, found)}")
    for one in found:
        print(f"  {one.label}：登记时 {one.registered}；现在 {one.now}")
