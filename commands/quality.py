"""`silu quality --study DIR`: checks of responses, quotas, response rates, preregistration and deviations."""

from __future__ import annotations

import argparse
import getpass
from typing import TYPE_CHECKING

from analysis.numerals import change, decimal, percent
from commands.options import of_round
from survey.errors import StudyError
from survey.host.access import Role, current_role
from survey.instrument.measure import measure_label

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
    from survey.quality.preregistration import register
    from survey.study.study import MODES, load_study

    study = load_study(args.study)
    wave = args.wave or study.waves[-1].name
    if args.register:
        made = register(study, wave, who=args.who or getpass.getuser(), exclusion=args.register)
        late = "" if made.early else "（注意：这一轮已经开始，属于事后登记）"
        print(f"已预登记 {wave}{late}，校验码 {made.digest[:16]}")
        return 0
    work = fieldwork(study, wave, args.mode)
    print(f"{study.title}　{wave}　{MODES[work.mode]}　{len(work.rows):,} 份　数据版本 {work.version}")
    _checks(work)
    if current_role() is Role.ANALYST:  # the difference would disclose the excluded responses
        _with_and_without(work)
    _quota(work)
    _outcome(work)
    _people(study, work)
    _registration(study, wave)
    return 0


def _checks(work: Fieldwork) -> None:
    print("\n逐份检查（只是提醒，不会自动剔除任何答卷）")
    for row in work.summary().itertuples():
        hint, share = "，仅供参考" if row.hint else "", percent(float(str(row.share)))
        print(f"  {row.label}：{row.n} 份（{share}{hint}）；{row.rule}；也可能是：{row.innocent}；怎么办：{row.action}")
    print(f"  用时不到中位数一半的共 {work.hasty()} 份")


def _with_and_without(work: Fieldwork) -> None:
    table, out, decided = work.sensitivity()
    print(f"\n{'已决定剔除' if decided else '假如剔除被标记的'} {out} 份，四率会怎样")
    for row in table.to_dict("records"):
        before, after = row["estimate"], row["estimate_without"]
        moved = f"{change(after - before)}，n {row['n']} → {row['n_without']}"
        print(f"  {measure_label(row['measure'])}：{percent(before)} → {percent(after)}（{moved}）")


def _quota(work: Fieldwork) -> None:
    table = work.quota()
    if table is None:
        print("\n配额：没有 quota.csv（列：wave、分组列、target）")
        return
    cells = list(table.columns[: table.columns.get_loc("target")])
    print(f"\n配额（计划外 {table.attrs['outside']} 份）")
    for row in table.to_dict("records"):
        name = "·".join(str(row[cell]) for cell in cells)
        print(
            f"  {name}：{row['done']}/{row['target']}（{percent(row['share'])}），"
            f"预计 {row['forecast']:.0f}，{row['state']}"
        )


def _outcome(work: Fieldwork) -> None:
    found = work.outcome()
    if found is None:
        print("\n应答率：没有 contacts.csv（列：case、wave、disposition），不能计算")
        return
    rates = "，".join(f"{name} {percent(value)}" for name, value in found.rates().items())
    print(f"\n应答率（AAPOR，e={decimal(found.e)}，{sum(found.counts.values())} 个样本）\n  {rates}")


def _people(study: Study, work: Fieldwork) -> None:
    """Print conflicts of interest of interviewers, and the gift for respondents (rules R-08 and R-11)."""
    from survey.quality.incentives import gift_of
    from survey.quality.interviewers import conflicts

    codes = [code for code in work.rows["interviewer"].unique().to_pylist() if code]
    found = conflicts(study, codes)
    print(f"\n访问员所属单位：{len(codes)} 名中 {len(found)} 名有问题（名单 interviewers.csv：interviewer、employer）")
    for one in found[:5]:
        print(f"  {one.interviewer}：{one.reason}")
    gift = gift_of(study)
    print(f"礼品：{'没有' if gift is None else f'{gift.item}，每人 {gift.value:g} 元，因参与而给'}")


def _registration(study: Study, wave: str) -> None:
    from survey.quality.preregistration import deviations, read_registration

    try:
        made = read_registration(study.root, wave)
    except StudyError as error:
        print(f"\n预登记：{error.what}")
        return
    found = deviations(study, made)
    late = "" if made.early else "（调查开始之后才登记）"
    print(f"\n预登记于 {made.at:%Y-%m-%d}{late}，{'没有偏离' if not found else f'{len(found)} 处偏离'}")
    for one in found:
        print(f"  {one.label}：登记时 {one.registered}；现在 {one.now}")
