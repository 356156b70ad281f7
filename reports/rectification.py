"""The ledger between survey and reader: what waits for an entry, the tables, and the re-measurement. No Streamlit."""

from __future__ import annotations

import pandas as pd

from analysis.areas.weak import Standing
from analysis.decisions.change import measure_again
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import Sample
from analysis.numerals import percent
from survey.errors import DesignError
from survey.instrument.questionnaire import Questionnaire, Rate
from survey.study.rectification import Entry, Event, Ledger, Remeasure, Status
from survey.study.study import Study

FILE = "ledger.sqlite"
KINDS = {"opened": "立项", "changed": "更新", "remeasured": "复测"}
FIELDS = {
    "area": "区域", "item": "题号", "wave": "轮次", "version": "数据版本", "estimate": "比例", "target": "目标",
    "owner": "责任单位", "deadline": "期限", "measure": "措施", "status": "状态", "note": "说明",
    "conf_low": "区间下限", "conf_high": "区间上限", "mended": "达标", "reason": "依据",
}  # fmt: skip


def ledger_of(study: Study) -> Ledger:
    """The ledger of a study, in its folder."""
    return Ledger(study.root / FILE)


def proposed_owner(rate: Rate) -> str:
    """Who should mend it: unit and professional group as the questionnaire names them."""
    return f"{rate.unit}（{rate.group}专业组）" if rate.group and rate.unit else rate.unit or rate.group


def waiting(verdicts: Estimates, entries: tuple[Entry, ...]) -> pd.DataFrame:
    """Confirmed weaknesses that are not under way in the ledger: district, item, label, estimate, line."""
    rows = verdicts.table[verdicts.table["standing"] == Standing.WEAK]
    busy = {(entry.area, entry.item) for entry in entries if entry.status is not Status.CLOSED}
    free = [(str(area), str(item)) not in busy for area, item in zip(rows["district"], rows["item"], strict=True)]
    return rows.loc[free, ["district", "item", "label", "estimate", "line", "prob_below"]].reset_index(drop=True)


def entry_table(entries: tuple[Entry, ...], questionnaire: Questionnaire) -> pd.DataFrame:
    """The ledger as people read it."""
    labels = {rate.name: rate.label for rate in questionnaire.rates}
    return pd.DataFrame(
        [
            {
                "编号": entry.number,
                "区域": entry.area,
                "项目": labels.get(entry.item, entry.item),
                "状态": str(entry.status),
                "责任单位": entry.owner,
                "期限": entry.deadline.isoformat(),
                "整改措施": entry.measure,
                "立项时": percent(entry.estimate),
                "目标": percent(entry.target, 0),
                "发现轮次": entry.wave,
                "最近复测": entry.remeasured or "—",
                "数据版本": entry.version,
            }
            for entry in entries
        ]
    )


def event_table(events: tuple[Event, ...]) -> pd.DataFrame:
    """The log, newest first."""
    return pd.DataFrame(
        [
            {
                "时间": f"{event.at.astimezone():%Y-%m-%d %H:%M}",
                "编号": event.entry,
                "事项": KINDS.get(event.kind, event.kind),
                "经办人": event.who,
                "内容": "；".join(
                    f"{FIELDS.get(name, name)}：{_shown(name, value)}" for name, value in event.body.items()
                ),
            }
            for event in reversed(events)
        ]
    )


def due(entries: tuple[Entry, ...], wave: str, order: tuple[str, ...]) -> tuple[Entry, ...]:
    """Open entries that a wave may re-measure: found in an earlier one, not yet measured by it."""
    place = {name: at for at, name in enumerate(order)}
    return tuple(
        entry
        for entry in entries
        if entry.status is not Status.CLOSED
        and entry.remeasured != wave
        and place.get(entry.wave, -1) < place.get(wave, -1)
    )


def measure_all(
    study: Study, sample: Sample, wave: str, version: int, entries: tuple[Entry, ...], *, who: str
) -> list[tuple[Entry, str]]:
    """Re-measure entries by a later wave and write what the test says.

    Returns:
        Each entry as it stands now, and the reason; one that cannot be measured stays as it is, and why is told.
    """
    ledger, done = ledger_of(study), []
    for entry in entries:
        try:
            result: Remeasure = measure_again(sample, study.questionnaire.rate(entry.item), entry, wave, version)
        except DesignError as error:
            done.append((entry, str(error).split("\n")[0]))
            continue
        done.append((ledger.remeasure(entry.number, result, who=who), result.reason))
    return done


def _shown(name: str, value: object) -> str:
    if name in ("estimate", "target", "conf_low", "conf_high"):
        return percent(float(str(value)))
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
