"""What the commands about decisions share: the study, its sample, and how a table is delivered."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.estimation.sample import Sample
from commands.counting import study_of
from commands.tables import FORMATS
from reports.sample import gather
from survey.errors import ArgumentError, StoreError
from survey.quality import exclusions
from survey.storage.store import ResponseStore
from survey.study.study import MODES, Study


@dataclass(frozen=True, slots=True)
class Evidence:
    """A study with the weighted sample of one mode.

    Attributes:
        study: the study.
        version: data version.
        sample: all waves of the mode.
        waves: waves with answers, in order of time.
        wave: the wave asked for, the newest where none was.
    """

    study: Study
    version: int
    sample: Sample
    waves: tuple[str, ...]
    wave: str

    @property
    def meta(self) -> Mapping[str, Any]:
        """What a caption needs."""
        known = {wave.name: wave for wave in self.study.waves}
        field = known.get(self.wave)
        dates = f"{field.name} {field.start:%Y-%m-%d} 至 {field.end:%Y-%m-%d}" if field else self.wave
        return {
            "level": 0.95,
            "interval_label": "按抽样设计",
            "data": "模拟数据" if self.study.mock else "真实数据",
            "mode": "、".join(MODES[mode] for mode in self.sample.modes),
            "dates": dates,
            "weighting": self.sample.label,
            "version": f"数据版本 {self.version}",
            "counted": exclusions.caption_phrase(self.study),
        }


def load(args: argparse.Namespace) -> Evidence:
    """Read the study and its answers.

    Raises:
        StudyError: the folder is faulty.
        StoreError: there are no answers.
        ArgumentError: no answers of this wave.
    """
    if args.format == "xlsx" and args.out is None:
        raise ArgumentError("xlsx 要存成文件", cure="加上 --out 文件名.xlsx")
    study = study_of(args)
    version = ResponseStore(study.root / "store").version
    if version is None:
        raise StoreError("这个调查还没有任何答卷", where=str(study.root), cure="先用 silu import 导入一份答卷文件")
    sample = gather(study, version, args.mode)
    there = {str(name) for name in sample.cells.codes("wave")[1]}
    waves = tuple(wave.name for wave in study.waves if wave.name in there)
    wave = args.wave or waves[-1]
    if wave not in waves:
        raise ArgumentError("这一轮没有这种方式的答卷", got=wave, expected="、".join(waves))
    return Evidence(study, version, sample, waves, wave)


def deliver(
    sentence: str, table: pd.DataFrame, meta: Mapping[str, Any], args: argparse.Namespace, remarks: Sequence[str] = ()
) -> None:
    """Say what to do, then print the table or store it."""
    content = FORMATS[args.format](table, {**meta, "remarks": tuple(remarks)})
    if args.out is None:
        sys.stdout.write(f"{sentence}\n\n")
        sys.stdout.write(content.decode("utf-8-sig"))
        return
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_bytes(content)
    print(f"{sentence}\n已存到 {args.out}，共 {len(table)} 行")
