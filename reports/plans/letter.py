"""转办单: what residents of one district write about a theme, for the unit in charge; a count and masked quotes."""

from __future__ import annotations

import pandas as pd

from reports.plans.deadlines import check_day
from reports.plans.workbook import workbook
from reports.provenance import origin
from reports.voices.asked import TextSelection
from reports.voices.finding import Finding
from reports.voices.open_answers import OpenAnswers
from reports.voices.quoted import comments
from reports.voices.shares import theme_shares
from survey.study.study import Study

SHEET = "转办单"
TO_FILL = "（由承办单位填写）"
QUOTE = "同类留言（全市，已遮盖）"


def letter(study: Study, answers: OpenAnswers, asked: TextSelection, found: Finding) -> bytes:
    """Return the finding as a workbook that can be passed on.

    It holds no comment of a single resident of the district (rule R-05): the quotes are typical ones of the whole city,
    the same that 宣传部门 sees on the page.

    Args:
        study: the study.
        answers: read and coded.
        asked: the request.
        found: the finding, about a district.
    """
    return workbook({SHEET: letter_table(study, answers, asked, found)}, _notes(study, answers, asked))


def letter_table(study: Study, answers: OpenAnswers, asked: TextSelection, found: Finding) -> pd.DataFrame:
    """Return what the letter says: 事项 and 内容, a row each."""
    rows = [
        ("转办给", "、".join(found.units) or TO_FILL),
        ("事项", f"{found.district}：{found.theme}"),
        ("依据", str(found.headline)),
        ("分布", str(found.where)),
        *((QUOTE, quote) for quote in comments(study, answers, asked, theme=found.code)),
        ("办理措施", TO_FILL),
        ("完成时限", check_day(study, asked.selection.version).isoformat()),
        ("反馈", TO_FILL),
    ]
    return pd.DataFrame(rows, columns=["事项", "内容"])


def _notes(study: Study, answers: OpenAnswers, asked: TextSelection) -> list[str]:
    strip = theme_shares(study, answers, asked).provenance.strip
    return [study.title, origin(study.mock), strip, "留言已遮盖姓名、电话、地名；请勿追查是谁写的"]
