"""Check whether a study is fit to be fielded and reported, for `silu doctor` and the pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from accounts.clock import Clock
from accounts.database import account_file
from accounts.rules import read_rules
from accounts.users import all_users
from reports.health.machine_health import Checkup, State
from reports.retention.due import overdue
from survey.collect.form.retention_clause import retention_clause
from survey.collect.settings import collect_settings
from survey.errors import SiluError
from survey.host.access import Role
from survey.host.permissions import open_places, remedy
from survey.instrument.lint.lint import lint_questionnaire
from survey.instrument.questionnaire import load_json
from survey.storage.deletion.retention_log import held
from survey.storage.store import ResponseStore
from survey.study.plans.backup_plan import backup_alarm, backup_plan
from survey.study.study import Study, load_study
from survey.study.template.leftovers import REMINDER


def study_health(root: Path) -> Iterator[Checkup]:
    """Check settings, questionnaire, leftovers of the template, approval, and the newest data version."""
    try:
        study = load_study(root)
    except SiluError as error:
        yield Checkup("调查设置", State.FAULT, str(error).replace("\n", "；"), "照上面的提示改好文件")
        return
    yield Checkup("调查设置", State.GOOD, f"{study.title}，{len(study.waves)} 轮，{len(study.areas.points)} 个社区")
    yield from _questionnaire(study)
    yield from _template(study)
    yield _approval(study)
    yield _store(study)
    yield _backup(study)
    yield from _backup_place(study)
    yield _retention(study)
    yield _rights(study)
    yield from _accounts(study)


def _accounts(study: Study) -> Iterator[Checkup]:
    """Check the account file and its settings, where there are accounts."""
    file = account_file(study.root)
    if not file.exists:
        return
    try:
        file.check()
        rules = read_rules(study.root)
        users = [user for user in all_users(file) if not user.disabled]
    except SiluError as error:
        yield Checkup("账户", State.FAULT, f"{error.what}：{error.got}", error.cure)
        return
    unused = [user.name for user in users if user.unused(Clock().now())]
    if not [user for user in users if user.role is Role.SECURITY]:
        cure = "在服务器上添加：silu account add 用户名 --role security"
        yield Checkup("账户", State.FAULT, "没有一位能用的安全管理员", cure)
    elif unused:
        cure = "核实后停用：silu account disable 用户名"
        yield Checkup("账户", State.HINT, f"久未登录：{'、'.join(unused[:5])}", cure)
    else:
        change = f"口令 {rules.days} 天一换" if rules.days else "口令不到期"
        yield Checkup("账户", State.GOOD, f"{len(users)} 个账户能用，{change}")


def _retention(study: Study) -> Checkup:
    """What is kept longer than the form says, and whether the form says what is done."""
    try:
        retention_clause(collect_settings(study).retention, study.retention)
    except SiluError as error:
        return Checkup("保存期限", State.FAULT, str(error).replace("\n", "；"), "照上面的提示改好 study.toml")
    if reason := held(study.root, study.retention.hold):
        return Checkup(
            "保存期限", State.HINT, f"现在暂停删除：{reason}", "审计、诉讼结束后用 silu purge --release 解除"
        )
    if late := overdue(study):
        cure = "先看清单：silu purge 目录 --dry-run；再删除：silu purge 目录 --yes --who 姓名 --why 理由"
        return Checkup("保存期限", State.FAULT, late, cure)
    return Checkup("保存期限", State.GOOD, "模拟数据，没有期限" if study.mock else "没有到期的资料")


def _rights(study: Study) -> Checkup:
    """Check who else on this machine can read the files."""
    group = str(study.sections.get("access", {}).get("group", ""))
    found = open_places(study.root, group)
    if not found:
        return Checkup("文件权限", State.GOOD, f"只有本人和用户组 {group} 能读" if group else "只有本人能读")
    listed = "、".join(f"{one.path.name}（{one.who}{one.may}）" for one in found[:5])
    return Checkup("文件权限", State.HINT, f"{len(found)} 处过宽：{listed}", f"运行：{remedy(study.root, group)}")


def _questionnaire(study: Study) -> Iterator[Checkup]:
    findings = lint_questionnaire(load_json(study.file("questionnaire")))
    found = [finding for finding in findings if finding.level != "note"]
    if found:
        more = f"，另有 {len(found) - 1} 处" if len(found) > 1 else ""
        yield Checkup("问卷", State.HINT, f"{found[0]}{more}".replace("\n", "；"), "运行 silu lint 看全部")
    else:
        yield Checkup("问卷", State.GOOD, f"{len(study.questionnaire.questions)} 个题目")


def _template(study: Study) -> Iterator[Checkup]:
    for one in study.leftovers:
        state = State.HINT if one.effect == REMINDER else State.FAULT
        yield Checkup("示例残留", state, f"{one.where}：{one.what}", one.cure)


def _approval(study: Study) -> Checkup:
    objection = study.approval.objection(datetime.now().date())
    if not objection or study.mock:
        return Checkup("批准", State.GOOD, "模拟数据，不需要批准" if study.mock else f"文号 {study.approval.number}")
    return Checkup("批准", State.HINT, objection, "填写或更新 study.toml 的 [approval]，否则网上问卷不会开放")


def _store(study: Study) -> Checkup:
    """Check the newest version, and that its time is not ahead of the clock."""
    try:
        history = ResponseStore(study.root / "store").history()
    except SiluError as error:
        return Checkup("答卷库", State.FAULT, str(error).replace("\n", "；"), "照上面的提示处理，不要改动 store 文件夹")
    if not history:
        return Checkup("答卷库", State.HINT, "还没有答卷", "用 silu import 导入，或开放网上问卷")
    newest = history[0]
    written = newest.at.astimezone(UTC)
    if written > datetime.now(UTC):
        found = f"版本 {newest.number} 写于 {newest.at:%Y-%m-%d %H:%M}，比现在的时钟还晚"
        return Checkup("答卷库", State.FAULT, found, "先把电脑的日期改对，再导入")
    return Checkup("答卷库", State.GOOD, f"数据版本 {newest.number}，写于 {newest.at:%Y-%m-%d %H:%M}")


def _backup(study: Study) -> Checkup:
    alarm = backup_alarm(study)
    if not alarm:
        return Checkup("备份", State.GOOD, "模拟数据，可以重新生成" if backup_plan(study) is None else "按时")
    cure = "在 study.toml 写 [backup] target，或运行 silu backup 目标 --study 目录"
    return Checkup("备份", State.HINT if backup_plan(study) is None else State.FAULT, alarm, cure)


def _backup_place(study: Study) -> Iterator[Checkup]:
    """Say whether the backups lie on the disk of the study, which takes them along when it breaks."""
    plan = backup_plan(study)
    if plan is None:
        return
    there = next(one for one in (plan.target, *plan.target.parents) if one.exists())
    if there.stat().st_dev == study.root.stat().st_dev:
        cure = "把 [backup] target 换成另一块盘或另一台电脑上的文件夹；重要的调查再存一份到别处"
        yield Checkup("备份的位置", State.HINT, "和调查在同一块盘上：盘坏了，两份都没有了", cure)
    else:
        yield Checkup("备份的位置", State.GOOD, "不在调查的那块盘上；是不是在另一处，请人核实")
