"""The work of `silu rates`: rates with their intervals, small cells hidden, in every format."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from analysis.estimation.differencing import guard
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import Sample, SampleOptions, prepare
from analysis.estimation.suppression import protect, report
from commands import groups
from commands.choices import BY
from commands.counting import study_of
from commands.tables import FORMATS, HEADINGS, as_json, readable
from survey import access
from survey.errors import ArgumentError
from survey.instrument.measure import MEASURES, measure_label
from survey.instrument.questionnaire import ROLES
from survey.quality import exclusions
from survey.storage.store import ResponseStore
from survey.study.study import Study


def rate(args: argparse.Namespace) -> int:
    """Estimate, hide small cells, write."""
    by, where = _names(args.by, BY), _conditions(args)
    if args.format == "xlsx" and args.out is None:
        raise ArgumentError("xlsx 要存成文件", cure="加上 --out 文件名.xlsx")
    study = study_of(args)
    store = ResponseStore(study.root / "store")
    version = store.version if args.version is None else args.version
    names = _items(study, args)
    sample = prepare(
        exclusions.counted_responses(study, version=version),
        study.questionnaire,
        study.areas,
        study.margins,
        _plan(study, args, names, by, where),
    )
    groups.check(study.questionnaire, sample, by, where)
    if "wave" not in where and "wave" not in by:
        where["wave"] = [str(sample.cells.codes("wave")[1][-1])]
    found = sample.rates(item=names, by=by, where=where, interval=args.interval, level=args.level)
    groups.somebody(sample, found)
    if access.current_role() is not access.Role.ANALYST:
        others = {"--version": args.version is not None, "--without-excluded": args.without_excluded}
        group = groups.reserved(by, where, sample.modes, [name for name, given in others.items() if given])
        found = guard(found, sample.cells, group or None, study.suppression)
    estimates = _told(protect(found), study, sample, version)
    _write(estimates, study, args)
    return 0


def _plan(
    study: Study, args: argparse.Namespace, names: Sequence[str], by: Sequence[str], where: Mapping[str, Any]
) -> SampleOptions:
    plan = SampleOptions.of(study, rates=tuple(names), modes=(args.mode,) if args.mode else None)
    roles = dict.fromkeys([*plan.roles, *(name for name in (*by, *where) if name in ROLES)])
    return replace(plan, roles=tuple(roles))


def _items(study: Study, args: argparse.Namespace) -> list[str]:
    """The rates asked for; the four headlines when nothing is."""
    rates = study.questionnaire.rates
    if args.item:
        return _names(args.item, [rate.name for rate in rates])
    wanted = (args.measure,) if args.measure else tuple(MEASURES)
    heads = [rate.name for rate in study.questionnaire.headlines(wanted)]
    if not heads:
        raise ArgumentError(
            "问卷里没有这个指标的总体题",
            got="、".join(measure_label(name) for name in wanted),
            cure="用 --item 指定题号",
        )
    return heads


def _names(text: str, known: Sequence[str]) -> list[str]:
    names = [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]
    canonical = {HEADINGS[name]: name for name in known if name in HEADINGS}
    names = [canonical.get(name, name) for name in names]
    if unknown := [name for name in names if name not in known]:
        raise ArgumentError("没有这样的分组或题号", got="、".join(unknown), expected="、".join(known))
    return names


def _conditions(args: argparse.Namespace) -> dict[str, list[str]]:
    where: dict[str, list[str]] = {}
    for text in args.where:
        name, sign, value = text.partition("=")
        if not sign:
            raise ArgumentError("条件要写成 列=值", got=text, expected="例如 district=东湖区")
        where.setdefault(_names(name, BY)[0], []).extend(value.replace("，", ",").split(","))
    if args.wave:
        where["wave"] = args.wave.replace("，", ",").split(",")
    return where


def _told(estimates: Estimates, study: Study, sample: Sample, version: int | None) -> Estimates:
    waves = [wave for wave in study.waves if wave.name in set(sample.cells.codes("wave")[1])]
    chosen = estimates.meta["where"].get("wave")
    waves = [wave for wave in waves if chosen is None or wave.name in chosen]
    dates = "、".join(f"{wave.name} {wave.start:%Y-%m-%d} 至 {wave.end:%Y-%m-%d}" for wave in waves)
    told = {"data": "模拟数据" if study.mock else "真实数据", "dates": dates, "version": f"数据版本 {version}"}
    told["counted"] = exclusions.caption_phrase(study)
    others = tuple(wave.name for wave in study.waves if wave not in waves)
    notes = [
        note
        for note in (report(estimates), groups.lost_note(sample, estimates), *sample.notes)
        if note and not note.startswith(others)
    ]
    return Estimates(estimates.table, {**estimates.meta, **told, "remarks": tuple(notes)})


def _write(estimates: Estimates, study: Study, args: argparse.Namespace) -> None:
    labels = {rate.name: rate.label for rate in study.questionnaire.rates}
    if args.format == "json":
        content = as_json(estimates)
    else:
        content = FORMATS[args.format](readable(estimates, labels), estimates.meta)
    if args.out is None:
        sys.stdout.write(content.decode("utf-8"))
        return
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_bytes(content)
    print(f"已存到 {args.out}，共 {len(estimates)} 行")
