"""Sample lists and quota sheets as printable tables."""

from __future__ import annotations

import pandas as pd

from analysis.decisions.sample_plan import SamplePlan, quotas, select
from analysis.design.labels import label_margin
from reports.plans.workbook import workbook
from reports.sentences import sampling
from survey.study.margins import margin_tables
from survey.study.study import Study


def list_table(study: Study, plan: SamplePlan, seed: int) -> pd.DataFrame:
    """Return the communities drawn with a seed, with empty columns for fieldwork notes."""
    drawn = select(study.areas.frame, plan, seed)
    return pd.DataFrame(
        {
            "序号": drawn["order"],
            "区县": drawn["district"],
            "街道": drawn["street"],
            "社区": drawn["community"],
            "社区代码": drawn["psu"].astype(str),
            "正选/备用": drawn["role"],
            "场所类型": drawn["place"],
            "层": drawn["stratum"],
            "常住人口": drawn["population"],
            "应访份数": drawn["interviews"].where(drawn["role"] == "正选").astype("Int64"),
            "入样概率": drawn["probability"].round(4),
            "每份代表人数": drawn["weight"].round(1),
            "实访份数": "",
            "换用备用的原因": "",
        }
    )


def district_table(plan: SamplePlan) -> pd.DataFrame:
    """Return interviews and expected precision by district."""
    rows = plan.districts
    return pd.DataFrame(
        {
            "区县": rows["district"],
            "人口": rows["population"],
            "应访份数": rows["interviews"],
            "社区数": rows["communities"],
            "需联系户数": rows["contacts"],
            "误差（±百分点）": (100 * rows["half_width"]).round(1),
            "看得出的最小变化（百分点）": (100 * rows["detectable"]).round(1),
            "费用（元）": rows["cost"].round().astype(int),
        }
    )


def quota_table(study: Study, plan: SamplePlan) -> pd.DataFrame:
    """Return interviews by district, age and sex; empty where the margins lack these columns."""
    for margin in margin_tables(study.margins) if len(study.margins) else ():
        if {"district", "age", "sex"} <= set(margin.columns):
            labelled = label_margin(margin, study.questionnaire)
            summed = labelled.groupby(["district", "age", "sex"], sort=False)["population"].sum().reset_index()
            found = quotas(summed, plan)
            return found.rename(columns={"district": "区县", "age": "年龄", "sex": "性别", "interviews": "应访份数"})
    return pd.DataFrame()


def sample_book(study: Study, plan: SamplePlan, seed: int) -> bytes:
    """Return the sample list, the quota sheet and the plan as one workbook."""
    sheets = {
        "抽样名单": list_table(study, plan, seed),
        "配额表": quota_table(study, plan),
        "各区县方案": district_table(plan),
    }
    mock = "模拟数据：虚构的城市" if study.mock else "真实数据"
    notes = [
        study.title,
        f"随机种子 {seed}；每个区县内按人口规模成比例系统抽取；正选访不成才用同层备用社区，并写明原因",
        str(sampling.account(plan, mock)),
    ]
    return workbook({name: table for name, table in sheets.items() if len(table)}, notes)
