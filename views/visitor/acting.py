"""The person whose name a form writes down: who logged in, else whoever is typed."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from survey.host.person import name_of_person, shown_name, who_acts


def who_box(place: DeltaGenerator, label: str, key: str, default: str | None = None) -> str:
    """Draw the box of the name and return it; nobody who logged in signs as somebody else.

    Args:
        place: where to draw.
        label: its label.
        key: key of the widget.
        default: what stands in it where nobody logs in; the local user when None.
    """
    if who_acts() is not None:
        name = name_of_person()
        place.text_input(label, name, disabled=True, key=f"{key}.fixed")
        return name
    return str(place.text_input(label, shown_name(name_of_person()) if default is None else default, key=key)).strip()
