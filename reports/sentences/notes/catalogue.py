"""Fixed texts of the interface: the place where a catalogue of another language is looked up."""

from __future__ import annotations


def tr(text: str) -> str:
    """Return a fixed text of the interface.

    Fixed texts inside functions pass through here, or through `say`, as literals, so that a tool which extracts
    messages finds them and a catalogue changes them in one place. Names of columns and of values by which rows are
    looked up are no texts and stay as they are.

    Args:
        text: the text in Chinese, a literal; values stand in it as `{name}` and are filled in by the caller.

    Returns:
        The same text, since there is no catalogue yet.
    """
    return text
