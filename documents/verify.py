"""Check a finished document against its record: every piece of text that differs, with its place.

A file whose hash is that of an issue is as it was issued, whatever program made it. Any other file is compared with the
record as today's program lays it out; where that is not the layout of the issue, only what it says counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from accounts.grants import require
from accounts.verbs import Verb
from documents.compare import Difference, differences, said_otherwise
from documents.forms import form_of
from reports.briefing.issued import Issued, issued
from reports.briefing.life import State, find, history, standing, state_of
from reports.data.versions import newest
from survey.errors import ArgumentError

CODE = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}")


@dataclass(frozen=True, slots=True)
class Checked:
    """A document and the record that it was checked against.

    Attributes:
        record: the record; None where none has the code of the document.
        differences: in order of place; empty where the document is as issued.
        current: whether it still counts: neither withdrawn, corrected nor about older data.
        standing: the same in words, with who, when and why; "" without a record.
        untouched: whether the file is byte for byte one that was issued.
        older: whether it was laid out by another version of the program, so that only what it says was compared.
        program: version of the program that issued it; "" where it is not known.
    """

    record: Issued | None
    differences: tuple[Difference, ...]
    current: bool = False
    standing: str = ""
    untouched: bool = False
    older: bool = False
    program: str = ""

    @property
    def good(self) -> bool:
        """Return whether the document is as issued and still counts."""
        return self.record is not None and not self.differences and self.current


def check(root: Path, name: str, content: bytes, version: int | None = None) -> Checked:
    """Check a document against the records of a study.

    Args:
        root: folder of the study.
        name: name of the file, which decides its form.
        content: the file.
        version: the newest data version that the reader may see; that of the store when None.

    Raises:
        AccountError: the role may not check documents.
        ArgumentError: no form of ours, or a file that cannot be read as one.
    """
    require(Verb.CHECK, "核验")
    found = _compared(root, name, content)
    return found if found.record is None else _standing(root, found, found.record, version)


def check_code(root: Path, code: str, version: int | None = None) -> Checked:
    """Look a code up as somebody typed it from a page.

    Raises:
        AccountError: the role may not check documents.
        ArgumentError: no document has the code.
    """
    require(Verb.CHECK, "核验")
    found = find(root, code)
    return _standing(root, Checked(found, ()), found, version)


def _standing(root: Path, found: Checked, record: Issued, version: int | None) -> Checked:
    events, last = history(root), version or newest(root) or record.version
    current = state_of(events, record, last) is State.CURRENT
    return replace(found, current=current, standing=standing(events, record, last))


def _compared(root: Path, name: str, content: bytes) -> Checked:
    form, records, issues = form_of(name), issued(root), [one for one in history(root) if one.files]
    digest = sha256(content).hexdigest()
    same = next((one for one in issues if digest in (one.files or {}).values()), None)
    if same is not None and (known := [one for one in records if one.code == same.code]):
        return Checked(known[0], (), untouched=True, program=same.program)
    try:
        said = form.read(content)
    except Exception as error:  # every library has its own errors for a damaged file
        raise ArgumentError("文件打不开，可能已损坏", where=name, cure="换一份没有改过的文件再核对") from error
    codes = {code for _, text in said for code in CODE.findall(text)}
    named = [one for one in records if one.code in codes]
    # A changed digit may be one of the code itself; then the record with the fewest differences is meant.
    tried = [Checked(one, differences(form, one.briefing, content)) for one in named or records]
    close = [one for one in tried if named or len(one.differences) * 2 < len(said)]
    best = min(close, key=lambda one: len(one.differences), default=Checked(None, ()))
    if best.record is None or not best.differences:
        return best
    made = [one for one in issues if one.code == best.record.code and form.suffix in (one.files or {})]
    today = sha256(form.render(best.record.briefing)).hexdigest()
    if not made or today in [(one.files or {})[form.suffix] for one in made]:
        return best
    left = said_otherwise(best.differences, form.read(form.render(best.record.briefing)), said)
    return replace(best, differences=left, older=True, program=made[-1].program)


def lines(found: Checked, *, by_code: bool = False) -> list[str]:
    """Return the outcome of a check in Chinese: what the document is, whether it counts, and each place that differs.

    Args:
        found: the outcome.
        by_code: whether only a code was looked up, so that nothing is known of a file.
    """
    if found.record is None:
        return ["这个调查没有这份文件的存底：核验码对不上，可能不是由它生成的。"]
    about = found.record.briefing
    known = dict(about.facts)
    what = f"{about.kind}　{about.area or '全市'}　核验码 {found.record.code}"
    head = f"{what}　{known['study']}　数据版本 {known['version']}"
    if by_code:
        return [head, about.title.text or about.head.left.text, found.standing]
    if not found.differences:
        return [head, _agreement(found), found.standing]
    pairs = [(one.place, *one.excerpts) for one in found.differences]
    return [head, *(f"× {place}：存底为“{issued}”，文件里是“{said}”" for place, issued, said in pairs), found.standing]


def _agreement(found: Checked) -> str:
    """Return how a file agrees with its record."""
    by = f"（{found.program} 版程序）" if found.program else ""
    if found.untouched:
        return f"与发出时{by}逐字节一致。"
    if found.older:
        return f"由另一版程序{by}排版，与发出的文件不是逐字节一致；数字和文字与存底一致，只有版式不同。"
    return "与存底完全一致。"
