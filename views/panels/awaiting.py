"""What pages show of a large wave while a process checks its answers and reads its texts; they are drawn again then."""

from __future__ import annotations

import streamlit as st

from reports.labels import wave_label
from reports.selection import Selection
from reports.sentences.notes import fieldwork as notes
from reports.sentences.notes.catalogue import tr
from reports.voices.open_answers import open_questions
from survey.errors import SiluError
from views.blocks.html import head
from views.cached.checking import before_checks, is_reading
from views.panels.picture_mode import shot
from views.shell.markup import plain
from views.shell.pages_by_role import offered
from views.visitor.session import Loaded

BEFORE_CHECKS = ("overview", "weak_areas", "area", "change", "passing", "expert", "quality")
"""Pages that show a large wave before its answers are checked."""
AFTER_CHECKS = ("ledger", "outreach", "briefing")
"""Pages on which people decide, or whose files leave the office: they wait for the checks."""
FLAGGED, QUOTING = ("quality",), ("briefing",)
"""Pages that show single checks, too, and draw no decision before all of them are done; pages that quote residents."""
EVERY = 2.0
"""Seconds between two looks at whether the process is done."""


def as_checked(loaded: Loaded, mode: str, name: str) -> Loaded:
    """Return the study as a page shows it: with the waves that are still being checked, and a note that says so.

    Args:
        loaded: the study.
        mode: how the answers were collected.
        name: name of the page.
    """
    if name not in BEFORE_CHECKS:
        return loaded
    loaded = before_checks(loaded, mode, flags=name in FLAGGED)
    if loaded.unchecked:
        _note_until_checked(loaded, mode, name in FLAGGED)
    return loaded


@st.fragment(run_every=EVERY)
def _note_until_checked(loaded: Loaded, mode: str, flags: bool) -> None:
    """Say that verdicts are provisional, and run the page again once a wave has been checked."""
    if before_checks(loaded, mode, flags=flags).unchecked != loaded.unchecked:
        st.rerun()
    waves = [wave_label(loaded.study, wave.name) for wave in loaded.study.waves if wave.name in loaded.unchecked]
    st.warning(plain(str(notes.unchecked(waves))))


def waits(loaded: Loaded, selection: Selection, *, quotes: bool = False, by_area: bool = False) -> bool:
    """Say what a page waits for, if anything, and run it again once that is done; return whether it waits.

    The server would need minutes and gigabytes to do the same beside the process, and everybody else would wait for it.
    A picture is made by a visitor of its own, for which there is no later: its page computes what is not done yet.

    Args:
        loaded: the study.
        selection: wave and mode.
        quotes: whether the page quotes residents, if its reader may see what they write.
        by_area: whether the page shows groups of areas, of which those with a red light are not compared.
    """
    if shot() or not is_waiting(loaded, selection, quotes=quotes):
        return False
    _say_until_done(loaded, selection, quotes, by_area)
    return True


@st.fragment(run_every=EVERY)
def _say_until_done(loaded: Loaded, selection: Selection, quotes: bool, by_area: bool) -> None:
    """Say what the page waits for, and run it again once there is nothing left."""
    if not is_waiting(loaded, selection, quotes=quotes):
        st.rerun()
    if not _unchecked(loaded, selection):
        quoted = tr(
            "材料要引居民原话，所以等留言读完再写；留言在后台读，几十万条约几分钟。总览、薄弱区域和区域档案现在就能看。"
        )
        st.html(head(tr("市民留言还在读，读完后本页自动打开"), quoted))
        return
    lead = tr(
        "立项、派单和报送要等红灯定下来才作准；检查在后台做，几十万份答卷约几分钟。"
        "总览、薄弱区域和区域档案现在就能看，判断是暂定的。"
    )
    if by_area:
        lead = tr(
            "按区域分组的表不标红灯区县的差别，要等红灯定下来；检查在后台做，几十万份答卷约几分钟。"
            "不按区域分组的表现在就能看。"
        )
    st.html(head(tr("真实性检查还在做，做完后本页自动打开"), lead))


def is_waiting(loaded: Loaded, selection: Selection, *, quotes: bool) -> bool:
    """Return whether decisions and documents wait for the process that checks answers, or that reads what they quote.

    Args:
        loaded: the study.
        selection: wave and mode; nothing is decided by self-selected answers.
        quotes: as of `waits`.
    """
    if selection.opt_in:
        return False
    return _unchecked(loaded, selection) or (quotes and offered("voices") and _is_reading(loaded))


def _unchecked(loaded: Loaded, selection: Selection) -> bool:
    return bool(before_checks(loaded, selection.mode).unchecked)


def _is_reading(loaded: Loaded) -> bool:
    """Return whether the answers that documents quote are still being read."""
    try:
        return is_reading(loaded, next(iter(open_questions(loaded.study))))
    except SiluError:  # no open question
        return False
