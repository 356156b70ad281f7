"""Make parts of pages once: values such as figures and texts, and elements that are no widgets.

    seen = kept(loaded, _picture, selection, rate)      # a value
    draw(loaded, _glance, selection)                    # elements, sent again as they were
    plan = known(loaded, plan_of, campaign)             # a result, whatever the query parameters are

They call a function with the study and the arguments that follow, once for each study, data version and lexicon, role,
day, set of query parameters, and arguments. The function may depend on nothing else: neither on `st.session_state` nor
on a closure. What it depends on beyond these, such as the choice of a widget, is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from itertools import count
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from views.cached.voices import key_of
from views.shell.shelf import Shelf, arguments
from views.visitor.session import Loaded

T = TypeVar("T")
More = ParamSpec("More")
_VALUES = Shelf(512)
_TOKENS = Shelf(1024)
_NEXT = count(1)


def kept(loaded: Loaded, make: Callable[Concatenate[Loaded, More], T], *more: More.args, **named: More.kwargs) -> T:
    """Return what a function makes of a study.

    Args:
        loaded: study and data version.
        make: a function of a module, which draws nothing.
        more: its further arguments, hashable, but for mappings and lists; no frames.
        named: its keyword arguments, likewise.
    """
    found: T = _VALUES.get(_key(loaded, make, more, named), lambda: make(loaded, *more, **named))
    return found


def known(loaded: Loaded, make: Callable[Concatenate[Loaded, More], T], *more: More.args, **named: More.kwargs) -> T:
    """Return what a function makes of a study, as `kept` does, whatever the query parameters of the page are.

    For results, such as plans and lists; what contains the address of another page carries the filters, and is `kept`.
    """
    key = (_name(make), key_of(loaded), loaded.unchecked, date.today(), arguments(more, named))
    found: T = _VALUES.get(key, lambda: make(loaded, *more, **named))
    return found


def draw(
    loaded: Loaded, panel: Callable[Concatenate[Loaded, More], None], *more: More.args, **named: More.kwargs
) -> None:
    """Draw the elements of a function; widgets are not among them, because each visitor has their own.

    Args:
        loaded: study and data version.
        panel: a function of a module, which draws no widget and nothing into a container made elsewhere.
        more: its further arguments, hashable, but for mappings and lists; no frames.
        named: its keyword arguments, likewise.
    """
    replay(token(_key(loaded, panel, more, named)), lambda: panel(loaded, *more, **named))


def token(key: Hashable) -> int:
    """Return the number of the elements that depend on a key alone, for `replay`."""
    found: int = _TOKENS.get(key, new_token)
    return found


def new_token() -> int:
    """Return a number that no part of a page has yet."""
    return next(_NEXT)


@st.cache_resource(max_entries=512, show_spinner="正在汇总答卷……")
def replay(token: int, _panel: Callable[[], None]) -> None:
    """Draw elements and keep them under their number; where they are kept, send them again without the call."""
    _panel()


def _key(loaded: Loaded, make: Callable[..., Any], more: Any, named: Any) -> Hashable:
    """Return all that the result may depend on."""
    query = tuple(sorted(st.query_params.to_dict().items()))
    return _name(make), key_of(loaded), loaded.unchecked, date.today(), query, arguments(more, named)


def _name(make: Callable[..., Any]) -> tuple[str, str]:
    """Return the file and the name of a function; the modules of pages are all called `__main__`."""
    if make.__closure__ is not None:
        raise TypeError(f"{make.__qualname__} depends on variables around it, which are no part of the key")
    return make.__code__.co_filename, make.__qualname__
