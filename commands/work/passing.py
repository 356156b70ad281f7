"""The work of `silu pass`: the chance to pass the official survey, and what would move it most."""

from __future__ import annotations

import argparse

import pandas as pd

from analysis.areas.against_target import targets_of
from analysis.decisions.pass_forecast import OfficialSample, foresee, gates_of, rehearse
from analysis.prose import advice
from commands.evidence import deliver, load
from reports.labels import short
from reports.sample import headlines, whole_gates
from survey.errors import ArgumentError
from survey.instrument.questionnaire import Rate
from survey.study.study import Study


def run(args: argparse.Namespace) -> int:
    """Simulate and print."""
    evidence = load(args)
    asked = evidence.study.questionnaire
    single = [name.strip() for name in args.item.replace("，", ",").split(",") if name.strip()]
    rates = (*headlines(evidence.study), *(asked.rate(name) for name in single))
    gates = gates_of(rates, _lines(evidence.study, rates, args.line), whole_gates(evidence.study))
    residents = {name: float(count) for name, count in evidence.study.areas.population().items()}
    rehearsal = rehearse(evidence.sample, rates, residents, {"wave": evidence.wave})
    found, districts = foresee(rehearsal, gates, OfficialSample(args.n, args.take, args.icc))
    names = {rate.name: short(rate) for rate in rates}
    labels = {gate.name: f"{names.get(gate.name, gate.name)} ≥ {gate.line:.0%}" for gate in gates}
    whole = {"district": "全市", "n": args.n, "everything": found.everything}
    city = pd.DataFrame([whole | dict(zip(labels, found.gate, strict=True))])
    rows = pd.concat([city, districts], ignore_index=True)
    table = pd.DataFrame({"区县": rows["district"], "官方份数": rows["n"]})
    for name, label in {**labels, "everything": "全部达标"}.items():
        table[f"{label}(%)"] = (100 * rows[name].astype(float)).round(1)
    sentence = advice.passing(found, labels, [short(rate) for rate in rates], districts)
    deliver(sentence, table, evidence.meta, args)
    return 0


def _lines(study: Study, rates: tuple[Rate, ...], changed: list[str]) -> dict[str, float]:
    table = pd.DataFrame({"item": [rate.name for rate in rates]})
    known = targets_of(table, study.targets, {rate.name: rate for rate in rates})
    lines = {rate.name: float(value) for rate, value in zip(rates, known, strict=True)}
    for text in changed:
        name, sign, value = text.partition("=")
        if not sign or name not in lines or not value.replace(".", "", 1).isdigit():
            raise ArgumentError("达标线要写成 题号=百分数", got=text, expected="例如 E0=85；题号：" + "、".join(lines))
        lines[name] = float(value) / 100
    return lines
