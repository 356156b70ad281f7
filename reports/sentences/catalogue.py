"""Fixed texts of the interface: the place where a catalogue of another language is looked up."""

from __future__ import annotations


def tr(text: str) -> str:
    """Return a fixed text of the interface.

    Every fixed text inside a function passes through here, or through `say`, so that a tool such as
    `pybabel extract -k tr -k say` lists them all, and a catalogue changes them in one place. Names of columns and of
    values by which rows are looked up are no texts and stay as they are.

    Args:
        text: the text in Chinese, a literal without numbers.

    Returns:
        The same text, since there is no catalogue yet.
    """
    return text
