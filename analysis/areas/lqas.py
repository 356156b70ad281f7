"""Small lots: communities with a handful of answers each, judged by counting (LQAS), never by a percentage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.areas.lqas_part import LotVerdict, lot_verdict
from analysis.design.domains import make_domains
from analysis.estimation.sample import Sample
from survey.errors import DesignError
from survey.instrument.rate import Rate

RISK = 0.10


def lots(
    sample: Sample, rate: Rate, where: Mapping[str, Any], lines: tuple[float, float], *, risk: float = RISK
) -> pd.DataFrame:
    """Judge every community from its own answers.

    Args:
        sample: a probability sample.
        rate: what is judged.
        where: the domain, the wave included.
        lines: (good, poor), shares: an area at `good` is to be passed, one at `poor` to be failed.
        risk: largest risk of either error in one community.

    Returns:
        One row a community with answers: district, street, community, psu, n, favourable, verdict (达标, 待观察,
        未达标; 样本不足 below the suppression threshold, where the counts are missing). Communities count as simple
        random samples: the answers are counted, not weighted. Failed first.

    Raises:
        DesignError: self-selected answers, lines out of order, nobody asked.
    """
    good, poor = lines
    if sample.opt_in:
        raise DesignError("网络自填是参与者意见，不能判定社区", cure="换成入户或电话")
    if not 0 < poor < good < 1:
        raise DesignError("两条线应满足 0 < 下线 < 上线 < 1", got=f"下线 {poor:.0%}，上线 {good:.0%}")
    cells, at = sample.cells, sample.cells.index(rate.name)
    inside = make_domains(cells, (), where).code >= 0
    columns = ["district", "street", "community", "psu"]
    table = cells.keys.loc[inside, columns].astype(dict.fromkeys(columns[:3], object))
    table = table.assign(n=cells.n_i[at][inside].astype(int), favourable=cells.ny[at][inside].astype(int))
    counts = table.groupby(columns, sort=False, dropna=False)[["n", "favourable"]].sum().reset_index()
    counts = counts[counts["n"] > 0]
    if counts.empty:
        raise DesignError("所选范围内没有有效答卷", cure="放宽筛选条件")
    few = counts["n"] < sample.suppression
    counts["verdict"] = [
        "样本不足" if short else str(lot_verdict(int(yes), int(n), good, poor, risk=risk))
        for short, yes, n in zip(few, counts["favourable"], counts["n"], strict=True)
    ]
    shown = counts.assign(
        n=counts["n"].astype("Int64").mask(few), favourable=counts["favourable"].astype("Int64").mask(few)
    )
    order = {str(LotVerdict.FAIL): 0, str(LotVerdict.WATCH): 1, "样本不足": 2, str(LotVerdict.PASS): 3}
    share = np.where(few, 1.0, counts["favourable"] / counts["n"])
    ranked = shown.assign(_order=counts["verdict"].map(order), _share=share)
    ranked = ranked.sort_values(["_order", "_share", "psu"], kind="stable")
    return ranked.drop(columns=["_order", "_share"]).reset_index(drop=True)


def sentence(table: pd.DataFrame, label: str, lines: tuple[float, float], risk: float = RISK) -> str:
    """How many communities fail, which first, and how many of the verdicts may be wrong."""
    counts = table["verdict"].value_counts()
    failed = table[table["verdict"] == LotVerdict.FAIL]
    judged = int(counts.get(str(LotVerdict.FAIL), 0) + counts.get(str(LotVerdict.PASS), 0))
    few = int(counts.get("样本不足", 0))
    if not judged:
        return f"{len(table)} 个社区的{label}都不能判定：每个社区答卷太少，或落在两条线之间"
    listed = "、".join(str(name) for name in failed["community"][:3])
    which = f"（{listed}{'等' if len(failed) > 3 else ''}）" if len(failed) else ""
    doubt = f"逐个看错判的可能各不超过 {risk:.0%}，{judged} 个判定里碰巧错的可能多到 {np.ceil(risk * judged):.0f} 个"
    rest = f"，{few} 个答卷太少" if few else ""
    return (
        f"{label}未达标 {len(failed)} 个社区{which}，达标 {int(counts.get(str(LotVerdict.PASS), 0))} 个，"
        f"待观察 {int(counts.get(str(LotVerdict.WATCH), 0))} 个{rest}；"
        f"上线 {lines[0]:.0%}、下线 {lines[1]:.0%}；{doubt}"
    )
