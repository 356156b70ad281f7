"""Quality of the fieldwork of a study: checks, exclusions, quotas, response rates."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.integrity import hints
from analysis.integrity.report import Integrity, inspect
from analysis.text.themes.by_rules import ThemeRules, theme_rules
from reports.counted.held import held
from reports.counted.kept_tables import Tables
from reports.counted.trial_cells import places_of
from reports.fieldwork.kept.basis import kept_basis
from reports.fieldwork.kept.flags import Flagged, kept_flagged
from reports.fieldwork.kept.round_parts import RoundParts, round_parts
from reports.fieldwork.kept_checks import kept_checks, kept_effect, kept_flags, kept_sayings
from reports.fieldwork.kept_lights import Round
from reports.fieldwork.kept_report import kept_report
from reports.fieldwork.trial_rates import trial_rates
from reports.sample import columns_for
from reports.voices.columns import load_columns, scope_of
from reports.voices.open_answers import study_engine, study_lexicon
from survey.errors import ArgumentError, StoreError
from survey.instrument.measure import appraisals
from survey.quality.exclusions import FILE, Decisions
from survey.quality.flag_groups import flag_groups
from survey.quality.quotas import PLAN, progress, read_plan
from survey.quality.registry import summary
from survey.quality.response_rates import CaseCounts, outcome, read_dispositions
from survey.quality.sheet import Flags, ResponseSheet, open_sheet
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import count_modes
from survey.study.burst_log import countable
from survey.study.study import MODES, Study

CONTACTS = "contacts.csv"
"""Name of the call records inside a study folder: case, wave, disposition."""
COMPARED = 20_000
"""Responses of a wave and mode from which their comparison is kept: about a CPU second."""


@dataclass(frozen=True)
class Fieldwork:
    """One wave and mode of a study.

    Attributes:
        study: the study.
        wave: name of the wave.
        mode: how the answers were collected.
        version: data version.
    """

    study: Study
    wave: str
    mode: str
    version: int

    @cached_property
    def rows(self) -> pa.Table:
        """Its responses, including excluded ones but none of a burst that is held back, unless all of them are."""
        return self._read(None)

    @cached_property
    def sheet(self) -> ResponseSheet:
        """The responses as one matrix."""
        return open_sheet(self.rows, self.study.questionnaire)

    def read(self, *columns: str) -> pa.Table:
        """Return the responses with response_id, wave, mode and these columns; all take a gigabyte in a large wave."""
        return self._read({"response_id", "wave", "mode", *columns})

    def _read(self, columns: Collection[str] | None) -> pa.Table:
        store = ResponseStore(self.study.root / "store")
        schema = None if columns is None else store.schema(self.version)
        names = None if columns is None or schema is None else [name for name in schema.names if name in columns]
        rows = store.read(names, waves=[self.wave], version=self.version)
        mine = rows.filter(pc.equal(rows["mode"], self.mode))
        known = countable(self.study, mine)
        return known if known.num_rows else mine

    @property
    def _round(self) -> Round:
        return Round(self.version, self.wave, self.mode)

    @property
    def decisions(self) -> Decisions:
        """Return the exclusions, with who decided them."""
        return Decisions(self.study.root / FILE)

    def flags(self) -> pd.DataFrame:
        """Return every flag of every check: response_id, wave, mode, check, value, hint, in the order of storing."""
        found = self._flagged.table()
        names = self._names().take(pa.array(found["row"].to_numpy())).to_pylist()
        whole = pd.DataFrame({"response_id": names, "wave": self.wave, "mode": self.mode})
        return whole.join(found.drop(columns="row"))

    def _names(self) -> pa.ChunkedArray:
        """Return the ids of the responses that are checked, in the order of storing."""
        parts = [self._parts.mine(part.read(["response_id", "mode"])) for part in self._parts.parts]
        return pa.concat_tables(parts)["response_id"]

    @cached_property
    def _parts(self) -> RoundParts:
        return round_parts(self.study, self._round)

    @cached_property
    def _flagged(self) -> Flagged:
        return kept_flagged(self._parts, keep=self._parts.rows >= COMPARED)

    def flag_groups(self) -> pd.DataFrame:
        """Return how often which people are flagged for careless answering, see `survey.quality.flag_groups`."""
        return self._checked.tables["groups"]

    def summary(self) -> pd.DataFrame:
        """Return how many responses each check flags; the last row compares texts with scores, where both exist."""
        return self._checked.tables["summary"]

    @cached_property
    def _checked(self) -> Tables:
        """The tables about flagged answers, kept or computed."""
        return kept_checks(self.study, self._round, self._check)

    def _check(self) -> Tables:
        flagged = kept_flags(self.study, self._round, self._counted)
        checked = self._with_sayings(flagged.tables["summary"], int(flagged.meta["n"]))
        found = {"summary": checked, "groups": flagged.tables["groups"]}
        return Tables(found, flagged.meta)

    def _counted(self) -> Tables:
        """Return the tables without what texts say."""
        found = self._flagged
        table = found.table()
        digest = hashlib.sha256(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes()).hexdigest()
        tables = {"summary": summary(len(found), table), "groups": flag_groups(found.groups)}
        return Tables(tables, {"flagged": digest, "n": len(found)})

    def _with_sayings(self, found: pd.DataFrame, n: int) -> pd.DataFrame:
        """Add the row about texts, of n responses, where the wave has any."""
        of_item = partial(scope_of, self.study, version=self.version, wave=self.wave)
        scopes = [of_item(item, mode=self.mode) for item in self._open()]
        of_wave = [of_item(item, mode=mode) for item in self._open() for mode in MODES]
        if all(scope == "" for scope in of_wave):  # nobody wrote anything
            return found
        said = kept_sayings(self._parts, (*scopes, str(any(of_wave))), self._say).meta
        if not said["written"]:
            return found
        words = ("sayings", hints.LABEL, hints.RULE, hints.INNOCENT, hints.ACTION, True)
        row = (*words, said["flagged"], said["flagged"] / n)
        return pd.concat([found, pd.DataFrame([row], columns=list(found.columns))], ignore_index=True)

    def _say(self) -> Tables:
        asked, parts = self.study.questionnaire, self._parts
        rated = [rate for rate in asked.rates if rate.measure in appraisals()]
        columns = {"response_id", "wave", "mode", *columns_for(self.study, rated)}
        read = (parts.mine(part.read([name for name in part.schema.names if name in columns])) for part in parts.parts)
        sayings = self.sayings(open_sheet(pa.concat_tables(read).unify_dictionaries(), asked))
        return Tables({}, {"written": sayings is not None, "flagged": 0 if sayings is None else int(sayings.sum())})

    def _open(self) -> list[str]:
        """Return the open questions."""
        return [one.name for one in self.study.questionnaire.with_role("open") if one.type.open]

    def hasty(self) -> int:
        """Return how many responses took less than half the median time."""
        return self._flagged.hasty

    def sayings(self, sheet: ResponseSheet) -> Flags | None:
        """Flag responses whose text complains about an item they scored best; None where there are no texts."""
        tables = [
            load_columns(self.study, item, hints.COLUMNS, version=self.version, wave=self.wave) for item in self._open()
        ]
        if not len(sheet) or not any(table.num_rows for table in tables):
            return None
        return hints.contradicted(sheet, pa.concat_tables(tables), _rules(self.study))

    def integrity(self) -> Integrity:
        """Return signals and lights, kept or computed; include open answers where there are any."""
        return kept_report(self.study, self._round, self._inspect)

    def _inspect(self) -> Integrity:
        return inspect(kept_basis(self._parts, keep=self._parts.rows >= COMPARED))

    def sensitivity(self) -> tuple[pd.DataFrame, int, bool]:
        """Return headline rates with and without exclusions.

        Returns:
            The table, the number of responses left out, and whether a person excluded them (otherwise those that the
            checks flag, as a trial).
        """
        found = kept_effect(self.study, self._round, str(self._checked.meta["flagged"]), self._with_and_without)
        return found.tables["effect"], int(found.meta["out"]), bool(found.meta["decided"])

    def _with_and_without(self) -> Tables:
        names = self.decisions.excluded(self.wave)
        if names:
            out = partial(places_of, names=sorted(names))
            n = int(pc.sum(pc.is_in(self._names(), pa.array(sorted(names), pa.string()))).as_py() or 0)
        else:
            flags = self._flagged.table()
            rows = flags.loc[~flags["hint"], "row"].unique()
            n, out = len(rows), partial(self._parts.places, rows=rows)
        return Tables({"effect": trial_rates(self._parts, out)}, {"out": n, "decided": bool(names)})

    def quota(self) -> pd.DataFrame | None:
        """Return progress against quota.csv up to the last response; None without a plan for the wave."""
        path = self.study.root / PLAN
        plan = read_plan(path, self.wave) if path.is_file() else None
        if plan is None or plan.empty:
            return None
        wave = self.study.wave(self.wave)
        cells = [name for name in plan.columns if name != "target"]
        rows = _labelled(self.read("psu", "submitted", *cells), self.study, cells)
        last = rows["submitted"].max()
        today = wave.end if pd.isna(last) else last.date()
        return progress(plan, rows, start=wave.start, end=wave.end, today=today)

    def outcome(self) -> CaseCounts | None:
        """Return dispositions of contacts.csv; None without call records of the wave."""
        path = self.study.root / CONTACTS
        cases = read_dispositions(path, self.wave) if path.is_file() else ()
        return outcome(cases) if cases else None


def fieldwork(study: Study, wave: str, mode: str, version: int | None = None) -> Fieldwork:
    """Return the fieldwork of one wave and mode.

    Args:
        study: the study.
        wave: the wave, the last of study.toml when "".
        mode: how the answers were collected, the first available when "".
        version: data version, the newest when None.

    Raises:
        ArgumentError: no such mode, or no responses of it.
        StudyError: no such wave.
        StoreError: no responses yet.
    """
    wave = wave or study.waves[-1].name
    study.wave(wave)
    store = ResponseStore(study.root / "store")
    chosen = store.version if version is None else version
    if chosen is None:
        raise StoreError("这个研究还没有任何答卷", where=str(store.root), cure="先用 silu import 导入一份答卷文件")
    known = {found for name, found, _ in count_modes(store.root, chosen) if name == wave}
    there = [name for name in MODES if name in known]
    wanted = mode or next(iter(there), "")
    if wanted not in there:
        got = MODES.get(wanted, wanted) or "无"
        raise ArgumentError("这一轮没有这种方式的答卷", got=got, expected="、".join(MODES[name] for name in there))
    return Fieldwork(study, wave, wanted, chosen)


def _rules(study: Study) -> ThemeRules:
    """Return what finds themes in the wording of an item; a run loads the segmenter once for all waves."""
    lexicon, engine = study_lexicon(study), study_engine(study)
    return held(lambda: ("theme rules", lexicon.fingerprint, engine), lambda: theme_rules(lexicon, engine))


def _labelled(rows: pa.Table, study: Study, cells: list[str]) -> pd.DataFrame:
    """Return responses with area names and role labels, as quota cells are named."""
    roles = [name for name in cells if name in rows.column_names and name in study.questionnaire.roles]
    table: pd.DataFrame = rows.select(["psu", "mode", "submitted", *roles]).to_pandas()
    for role in roles:
        question = study.questionnaire.roles[role]
        labels = {choice.code: choice.label for choice in question.choices}
        labels |= {band.code: band.label for band in question.bands}
        table[role] = table[role].map(labels)
    frame = study.areas.frame.set_index("psu")
    for name in cells:
        if name in frame.columns:
            table[name] = table["psu"].map(frame[name].astype(str))
        elif name not in table.columns:
            raise ArgumentError(
                "配额表里有不认识的分组", got=name, expected="、".join([*frame.columns, *study.questionnaire.roles])
            )
    return table
