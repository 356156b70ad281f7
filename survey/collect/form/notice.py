"""The privacy notice that a resident reads before answering, generated from the study.

Personal Information Protection Law, articles 13 to 17 and 47: who handles the answers, for what, which kinds, how long
they are kept, which rights there are, whom to ask. Statistics Law, article 17: the form shows who made it, the
approval and its expiry; a form without them may be refused. Rule R-12: under 14 only with a guardian.
"""

from __future__ import annotations

import hashlib

from survey.collect.form.retention_clause import retention_clause
from survey.collect.settings import CollectSettings
from survey.study.study import Study

KINDS = (
    "您对问题的回答、年龄段等基本情况、提交时间和所用时间。不收集姓名、证件号、电话和住址。"
    "为防止重复提交，会保存网络地址和设备的加密摘要，从中看不出您是谁。"
)

PAPER_KINDS = "您对问题的回答、年龄段等基本情况。不收集姓名、证件号、电话和住址。"
RIGHTS = (
    "提交后会得到一个回执码。调查结束前，凭回执码可以撤回：原始答卷随即删除，以后的统计不再使用。"
    "也可以向联系人查询或者投诉。"
)
PAPER_RIGHTS = "答卷交回以前，随时可以停止或者收回。也可以向联系人查询或者投诉。"

Clause = tuple[str, str]
"""Heading and text."""


def notice(study: Study, settings: CollectSettings, *, paper: bool = False) -> tuple[Clause, ...]:
    """Return the clauses of the notice, in order; on paper without receipt and network address."""
    contact = settings.contact or "请向组织单位咨询"
    young = {
        "guardian": "未满 14 周岁的，须由父母或者其他监护人阅读本说明并同意后才能填写。",
        "block": "本调查不面向未满 14 周岁的未成年人。",
    }[settings.minors]
    return (
        ("谁在调查", f"{study.organiser}组织“{study.title}”，并对答卷负责。"),
        ("为了什么", f"{_plain(settings.purpose)}。结果只用于统计汇总，不用于对任何个人的管理、评价或者处理。"),
        ("收集什么", PAPER_KINDS if paper else KINDS),
        (
            "自愿填写",
            "填不填由您决定，不填没有任何不利影响。答案没有对错之分，可以跳过不愿回答的题，也可以随时停止。",
        ),
        ("保存多久", f"{_plain(retention_clause(settings.retention, study.retention, paper=paper))}。"),
        ("您的权利", PAPER_RIGHTS if paper else RIGHTS),
        ("未成年人", young),
        ("联系方式", f"{_plain(contact)}。"),
    )


def _plain(text: str) -> str:
    """Return a sentence without its full stop, which the clause adds."""
    return text.rstrip("。. ")


def header(study: Study) -> tuple[Clause, ...]:
    """Return what article 17 requires on the form: number, maker, approval and expiry."""
    approval = study.approval
    questionnaire = study.questionnaire
    return (
        ("表号", f"{questionnaire.id} 第 {questionnaire.version} 版"),
        ("制定机关", study.organiser),
        ("批准机关", approval.authority or "（未填写）"),
        ("批准文号", approval.number or "（未填写）"),
        ("有效期至", approval.expires.isoformat() if approval.expires else "（未填写）"),
    )


def notice_id(clauses: tuple[Clause, ...]) -> str:
    """Return a short digest that identifies the wording agreed to."""
    return hashlib.sha256(repr(clauses).encode()).hexdigest()[:16]
