"""Build the profile of an area, once for each data version; the verdicts behind it are those of the other pages."""

from __future__ import annotations

from analysis.estimation.estimates import Estimates
from reports.areas import people, residents
from reports.areas.people import Reached
from reports.areas.places import Area
from reports.areas.profile import Profile, profile
from reports.areas.residents import Voices
from reports.areas.spine import lowest_items
from reports.definitions import headlines
from reports.selection import Selection
from reports.verdicts import judged
from reports.voices.asked import TextSelection
from reports.voices.open_answers import open_questions
from survey.errors import SiluError
from views.cached import voices as texts
from views.cached.answers import ask, follow, heard_of
from views.cached.checking import is_reading
from views.visitor.session import Loaded


def four_of(loaded: Loaded, selection: Selection, level: str) -> Estimates:
    """Return the verdicts of the four rates by all areas of a level."""
    names = [rate.name for rate in headlines(loaded.study)]
    return ask(loaded, selection.asking(names, (level,)), judged)


def one_of(loaded: Loaded, selection: Selection, level: str, item: str) -> Estimates:
    """Return the verdicts of one of the four rates by all areas of a level; a model of streets takes long for each."""
    return ask(loaded, selection.asking([item], (level,)), judged)


def profile_of(loaded: Loaded, selection: Selection, area: Area) -> Profile | None:
    """Return the profile of an area; None where it has no answers of this wave and mode."""
    four = four_of(loaded, selection, area.level)
    names = ask(loaded, selection, lowest_items, area)
    items = ask(loaded, selection.asking(names, (area.level,)), judged) if names else None
    return follow(loaded, selection, (four, items), profile, area)


def reached_of(loaded: Loaded, selection: Selection, found: Profile) -> Reached | None:
    """Return the channels that reach residents of an area; None where the study asks about none."""
    try:
        heard = heard_of(loaded, selection)
    except SiluError:
        return None
    return people.reached(heard, selection, found.area, found.people)


def is_reading_quotes(loaded: Loaded) -> bool:
    """Return whether the answers that profiles quote are still being read."""
    try:
        return is_reading(loaded, next(iter(open_questions(loaded.study))))
    except SiluError:
        return False


def voices_of(loaded: Loaded, selection: Selection, found: Profile) -> Voices:
    """Return what residents of an area write; nothing where the study asks no open question."""
    try:
        asked = TextSelection(selection, next(iter(open_questions(loaded.study))))
        worst = tuple(str(row["item"]) for row in found.worst)
        return texts.ask(loaded, asked, residents.voices, found.area, worst)
    except SiluError:
        return Voices()
