"""Read 问卷星 pushes (webhook): one signed JSON object per response, options by position."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from survey.instrument.question import Question
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.dialect import Dialect, Values
from survey.readers.files.sheet import Opened
from survey.readers.tables.entries import EntryTable, Record, peek, plain, read_entries, read_table
from survey.readers.tables.read_table import Column, Form, Guide, Match, ReadTable
from survey.readers.tables.targets import Target, part_targets, whole_target
from survey.readers.tables.vocabulary import enough, target_of

META: Mapping[str, str] = {
    "joinid": "response_id",
    "submittime": "submitted",
    "timetaken": "seconds",
    "ipaddress": "ip",
    "sojumpparm": "link",
}
"""Key of a push -> META target."""
IGNORED = frozenset(
    {"activity", "name", "index", "totalvalue", "sign", "source", "thirdusername", "openid", "nickname"}
)
NUMBERED = re.compile(r"q(\d+)(?:_(\d+))?")
DIALECT = Dialect(
    skipped=frozenset({"-3", "(跳过)"}),
    blank=frozenset({"-2", "(空)"}),
    separators=(",",),
    values=Values.POSITION,
)


class WjxPushReader:
    """Pushes of 问卷星 stored in a file: one object, a list, or one object per line."""

    name = "wjx_push"
    title = "问卷星推送"

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Recognise activity and joinid."""
        start = peek(opened)
        found = '"joinid"' in start and '"activity"' in start
        return Match(0.95, "有问卷星推送的 activity、joinid") if found else Match(0.0)

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read all pushes; raise CodingError for another questionnaire."""
        entries = read_entries(opened)
        names = tuple(dict.fromkeys(name for record in entries.records for name in record))
        columns = {name: found for name in names if (found := _column(name, guide))}
        enough(opened.name, tuple(columns.values()), guide.questionnaire, names)
        records = tuple({name: plain(value) for name, value in record.items()} for record in entries.records)
        table = read_table(opened, entries, EntryTable(records, columns), DIALECT, reader=self.name)
        lost = tuple(f"{question.name}.other" for question in guide.questionnaire.questions if question.other)
        return replace(table, unused=tuple(name for name in table.unused if name not in IGNORED), lost=lost)


def signature(activity: str, index: str, secret: str) -> str:
    """Return the signature of a push: `sha1(activity + index + secret)` in lower-case hexadecimal."""
    return hashlib.sha1(f"{activity}{index}{secret}".encode(), usedforsecurity=False).hexdigest()


def is_genuine(push: Record, secret: str) -> bool:
    """Return whether a push is signed with our secret (constant-time comparison); always False without a secret."""
    given, parts = push.get("sign"), (push.get("activity"), push.get("index"))
    if not secret or not isinstance(given, str) or not all(isinstance(part, str | int) for part in parts):
        return False
    right = signature(str(parts[0]), str(parts[1]), secret)
    return hmac.compare_digest(right.encode(), given.lower().encode())


def delivered(push: Record) -> str:
    """Return the id that identifies repeated deliveries of a push; "" for a push without joinid."""
    return str(push.get("joinid") or "")


def _column(name: str, guide: Guide) -> Column | None:
    by_hand = target_of(guide.mapping[name], guide.questionnaire) if name in guide.mapping else None
    found: Target | None = by_hand or ((Form.META, META[name]) if name in META else None)
    if found is None and (place := NUMBERED.fullmatch(name)):
        found = _numbered(int(place[1]), place[2], guide.questionnaire)
    return Column(0, name, "", *found) if found else None


def _numbered(number: int, part: str | None, questionnaire: Questionnaire) -> Target | None:
    """Return the target of `q3` (the third question) or `q7_2` (the second row of the seventh)."""
    if not 1 <= number <= len(questionnaire.questions):
        return None
    question = questionnaire.questions[number - 1]
    if part is None:
        return whole_target(question)
    return dict(_parts(question)).get(int(part))


def _parts(question: Question) -> Iterator[tuple[int, Target]]:
    if question.type.grid:
        yield from ((place, target) for place, (_, target) in enumerate(part_targets(question), start=1))
