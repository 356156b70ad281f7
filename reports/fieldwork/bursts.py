"""Bursts of the open form: what they are, what they would change, and the decisions of analysts on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.decisions.sensitivity import with_and_without
from analysis.estimation.sample import OPT_IN, SampleOptions
from analysis.numerals import DASH, count, percent, signed
from survey.host.access import require_analyst
from survey.instrument.measure import measure_label
from survey.readers.cells.dates import CHINA
from survey.storage.store import ResponseStore
from survey.study.burst_log import COUNT, DROP, UNDO, WORDS, Burst, burst_log
from survey.study.study import Study

NOT_AN_ACCUSATION = (
    "同一网络短时间交来的答卷，没有打开过问卷、短于最短用时或反复同一套答案，只按服务器自己的时钟和加密的网段判断。"
    "答卷都已保存，判断之前不计入任何结果。办事大厅、学校组织填写也可能这样：核实后由分析员决定，随时可以改。"
)
"""Shown beside every list of bursts."""
ACTIONS = {COUNT: "计入结果", DROP: "不计入", UNDO: "撤销判断"}
"""Decision -> label of its button and option."""


def bursts_of(study: Study) -> tuple[Burst, ...]:
    """Return all bursts of a study, oldest first."""
    return burst_log(study).bursts()


def undecided_in(study: Study, title: str) -> tuple[str, ...]:
    """Return the responses of the wave with this title in bursts that nobody has decided on; they are not counted."""
    waves = {wave.name for wave in study.waves if wave.title == title}
    waiting = [one for one in bursts_of(study) if not one.decided and one.wave in waves]
    return tuple(sorted({response for burst in waiting for response in burst.responses}))


def decide_bursts(study: Study, numbers: Sequence[int], kind: str, *, who: str, why: str) -> int:
    """Log a decision of an analyst; see `survey.study.burst_log.BurstLog.decide`.

    Raises:
        ArgumentError: not an analyst, nobody or no reason is named, no such burst, or nothing would change.
    """
    require_analyst("判断集中提交")
    return burst_log(study).decide(numbers, kind, who=who, why=why)


def bursts_table(bursts: Sequence[Burst]) -> pd.DataFrame:
    """Return bursts formatted for readers, newest first, with numbers of responses instead of ids."""
    newest = list(reversed(bursts))
    return pd.DataFrame(
        {
            "编号": [one.number for one in newest],
            "轮次": [one.wave for one in newest],
            "开始": [f"{one.first:%Y-%m-%d %H:%M:%S}" for one in newest],
            "结束": [f"{one.last:%Y-%m-%d %H:%M:%S}" for one in newest],
            "份数": [len(one.responses) for one in newest],
            "依据": [one.grounds for one in newest],
            "状态": [WORDS[one.kind] for one in newest],
            "经办人": [one.who for one in newest],
            "理由": [one.why if one.decided else DASH for one in newest],
            "时间": [f"{one.at.replace(tzinfo=UTC).astimezone(CHINA):%Y-%m-%d %H:%M}" for one in newest],
        }
    )


def effect_of(study: Study, wave: str) -> pd.DataFrame:
    """Return the headline rates of the online answers of a wave without the bursts held back (as published) and with.

    Args:
        study: the study.
        wave: name of the wave.

    Returns:
        One row per rate, formatted for readers; no rows where no response is held back, or no other is there.
    """
    held = pa.array([name for one_wave, name in burst_log(study).held() if one_wave == wave], pa.string())
    store = ResponseStore(study.root / "store")
    if not len(held) or store.version is None:
        return pd.DataFrame()
    rows = store.read(waves=[wave])
    online = rows.filter(pc.equal(rows["mode"], OPT_IN))
    apart = pc.sum(pc.is_in(online["response_id"], held)).as_py() or 0
    if not 0 < apart < online.num_rows:
        return pd.DataFrame()
    plan, out = SampleOptions.of(study, modes=(OPT_IN,)), frozenset(held.to_pylist())
    found = with_and_without(online, out, study.questionnaire, study.areas, study.margins, plan).to_dict("records")
    return pd.DataFrame(
        {
            "指标": [measure_label(row["measure"]) for row in found],
            "不计集中提交（现在公布的）": [_share(row["estimate_without"], row["n_without"]) for row in found],
            "假如都计入": [_share(row["estimate"], row["n"]) for row in found],
            "相差（百分点）": [signed(row["estimate"] - row["estimate_without"]) for row in found],
        }
    )


def _share(value: float, n: float) -> str:
    return DASH if pd.isna(value) else f"{percent(value)}（n={count(n)}）"
