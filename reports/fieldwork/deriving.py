"""Derive ahead of time what pages would wait for: cells of large waves, then the lights of every wave and mode.

What is derived lies beside the store under a digest of its input (`reports.counted`, `kept_lights`): it is never stale,
a killed run leaves whole files only, and deleting all of them changes no number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from reports.audience.heard import keep_heard
from reports.counted.held import holding
from reports.fieldwork.area_lights import keep_counts, lights
from reports.fieldwork.data_quality import fieldwork
from reports.fieldwork.kept.samples import keep_published_samples, keep_samples
from reports.fieldwork.kept_checks import is_flagged
from reports.fieldwork.kept_lights import Round, path_of, read_units
from reports.fieldwork.weighting import weight_spreads
from reports.selection import Selection
from reports.voices.reading import read_ahead
from survey.errors import SiluError, StoreError
from survey.host.access import Role
from survey.host.disk import hold, hold_if_free, locked, make_folder
from survey.host.memory import give_back
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import count_modes
from survey.study.study import Study

LOCK, WAITING = "lock", "waiting"
"""Files by which runs wait for each other, and by which one of them is the next."""
LARGE = 20_000
"""Responses of a wave and mode above which pages do not wait for the checks: about four CPU seconds."""
AT_ONCE = 1_000_000
"""Responses of a wave up to which its cells are kept at a commit: about three CPU seconds."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What a run has computed.

    Attributes:
        cells: waves whose cells were counted.
        lights: waves and modes whose lights were made, or whose single answers were checked.
        texts: open questions whose answers were read or summed up.
    """

    cells: int
    lights: int
    texts: int = 0


def rounds(study: Study, version: int | None = None) -> Iterator[Round]:
    """Yield the waves and modes with answers, the newest wave first.

    Args:
        study: the study.
        version: data version, the newest when None.
    """
    store = ResponseStore(study.root / "store")
    at = store.version if version is None else version
    if at is None:
        return
    there = [(wave, mode) for wave, mode, _ in count_modes(store.root, at) if mode]
    for wave in reversed(study.waves):
        yield from (Round(at, wave.name, mode) for name, mode in there if name == wave.name)


def is_kept(study: Study, one: Round) -> bool:
    """Return whether the lights of a wave and mode are beside the store, so that nobody has to compute them."""
    return read_units(path_of(study, one)) is not None


@holding()
def derive(
    study: Study,
    show: Callable[[str, float], object] = lambda *_: None,
    *,
    judge: Callable[[Study], object] = lambda _: None,
    unless_waiting: bool = False,
    texts: bool = False,
) -> Derived:
    """Compute what is missing, one after the other; another run on the study waits and finds it done.

    Args:
        study: the study.
        show: receives what is in work, and the completed share in [0, 1].
        judge: keeps the verdicts of the study; it follows the lights, which decide them.
        unless_waiting: return at once where a run of this kind waits already; it will see the same data.
        texts: whether to read the texts of a small study, too; pages would read them themselves.

    Raises:
        StoreError: the cells cannot be written; what was derived before is kept.
    """
    folder = study.root / "store" / "lights"
    try:
        make_folder(folder)
        with (folder / WAITING).open("w") as queue, (folder / LOCK).open("w") as lock:
            if unless_waiting and not hold_if_free(queue):
                return Derived(0, 0)
            hold(lock, lambda: show("另一个进程正在算，等它结束", 0.0))
            queue.close()
            show("汇总答卷", 0.0)
            cells = keep_samples(study)
            keep_heard(study)
            keep_counts(study)
            keep_published_samples(study)
    except OSError as error:
        raise StoreError(
            "提前算好的结果写不进去，答卷没有受影响",
            where=str(study.root / "store"),
            got=str(error),
            cure="检查磁盘空间和写权限，再运行 silu derive",
        ) from error
    with locked(folder / LOCK):
        return Derived(cells, *_check(study, show, judge, every=texts))


def _check(
    study: Study, show: Callable[[str, float], object], judge: Callable[[Study], object], *, every: bool
) -> tuple[int, int]:
    """Keep the lights of every wave and mode that lacks them, then what is made from them, and from single answers.

    Returns:
        The numbers of waves and modes, and of open questions, that lacked something.
    """
    asked, made, texts = list(rounds(study)), set[Round](), 0
    large = large_rounds(study)

    def begin(what: str, share: float) -> None:
        give_back()  # else what a step has freed stays with the process until it ends
        show(what, share)

    for at, one in enumerate(asked):
        if not is_kept(study, one):
            begin(f"真实性检查 {one.wave} {one.mode}", at / len(asked))
            lights(study, one, find=fieldwork(study, one.wave, one.mode, one.version).integrity)
            made.add(one)
    if asked:
        begin("判断各区县", 0.0)
        judge(study)
        begin("读市民留言", 0.0)
        texts = read_ahead(study, asked[0].version, every=every)
    for at, one in enumerate(one for one in asked if one in large):
        begin(f"逐份检查 {one.wave} {one.mode}", at / len(large))
        made |= set() if is_flagged(study, one) else {one}
        with suppress(SiluError):
            fieldwork(study, one.wave, one.mode, one.version).sensitivity()
        with suppress(SiluError):
            weight_spreads(study, _everyone(one))
    return len(made), texts


def _everyone(one: Round) -> Selection:
    """Return the selection with which 数据质量 asks for the weights of a wave and mode."""
    return Selection(waves=(one.wave,), mode=one.mode, version=one.version, role=Role.ANALYST, scope=None)


def large_rounds(study: Study) -> frozenset[Round]:
    """Return the waves and modes of more than `LARGE` responses of the newest version."""
    store = ResponseStore(study.root / "store")
    if store.version is None:
        return frozenset()
    found = count_modes(store.root, store.version)
    return frozenset(Round(store.version, wave, str(mode)) for wave, mode, n in found if n > LARGE)


def derive_at_commit(study: Study) -> None:
    """Keep the cells of waves of up to `AT_ONCE` new responses; what fails is left to `derive` or to the pages."""
    with suppress(OSError, SiluError):
        keep_samples(study, most=AT_ONCE)
