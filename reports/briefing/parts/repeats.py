"""Independent re-interviews: who has them done by when, and the sheet that the interviewer fills in.

The sheet says how many interviews to repeat in which community. It lists no respondent: the independent person draws
them there, so that nobody is warned.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.design.labels import unique_names
from analysis.integrity.lights import AreaLight, of_concern, units_of
from reports.fieldwork.concerns import Charge
from reports.fieldwork.data_quality import Fieldwork
from reports.fieldwork.integrity import Integrity
from reports.plans.deadlines import check_day, spoken
from survey.study.plans.letterhead import letterhead
from survey.study.study import Study

SHEET = "复访单"
EMPTY = ("复访人", "复访日期", "是否接受过访问", "主要回答是否一致", "说明")
"""Columns that are filled in by hand."""
RULE = "由独立人员到社区，在存疑答卷中随机抽取，不能由原访问员复访；受访者不列名。红灯是统计信号，不是结论。"


def charge(study: Study, version: int) -> Charge:
    """Return who has interviews repeated and by when: counted from the day of the data version, as in documents."""
    return Charge(letterhead(study).name, spoken(study, version, check_day(study, version)))


def sheet(work: Fieldwork, found: Integrity, lights: Mapping[str, AreaLight], by: Charge) -> pd.DataFrame:
    """Return one row per interview to repeat, with columns to be filled in; no rows where none is to be repeated.

    The interviews of a district are spread over its communities by their number of doubtful answers.

    Args:
        work: the fieldwork.
        found: its signals.
        lights: district -> its light, which carries the number of interviews to repeat.
        by: who and by when.
    """
    rows = work.read("psu", "interviewer").select(["psu", "interviewer"]).to_pandas()
    rows = rows[of_concern(units_of(found), rows)].merge(unique_names(work.study.areas), on="psu", how="left")
    keys = ["district", "street", "community", "interviewer"]
    places = rows.groupby(keys, dropna=False, sort=True).size().rename("n").reset_index()
    some = [_spread(places[places["district"] == name], light.again) for name, light in lights.items() if light.again]
    if not some:
        return pd.DataFrame()
    table = pd.concat(some, ignore_index=True)
    named = pd.DataFrame(
        {
            "序号": range(1, len(table) + 1),
            "区县": table["district"],
            "街道": table["street"],
            "社区": table["community"],
            "原访问员": table["interviewer"],
            "存疑答卷（份）": table["n"],
            "责任单位": by.unit,
            "期限": by.day.text,
        }
    )
    return named.assign(**dict.fromkeys(EMPTY, ""))


def _spread(places: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return each place as often as interviews are to be repeated there, by the largest remainders."""
    if places.empty:
        return places
    share = number * places["n"].to_numpy() / places["n"].sum()
    whole = np.floor(share).astype(int)
    rest = np.argsort(whole - share, kind="stable")[: number - whole.sum()]
    whole[rest] += 1
    return places.loc[places.index.repeat(whole)]
