"""A summary to be read aloud: large text in which no number is cut from its unit, with a button to copy it."""

from __future__ import annotations

from documents.joiners import segments
from reports.sentences.sentence import Sentence
from views.blocks.actions import copied_text
from views.blocks.html import text


def aloud(title: str, copy: str, words: Sentence) -> str:
    """Return a summary.

    Args:
        title: its heading.
        copy: label of the button.
        words: what is read.
    """
    found = ((text("".join(pieces)), len(pieces) > 1) for pieces in segments(words.text))
    body = "".join(f'<span class="silu-whole">{part}</span>' if whole else part for part, whole in found)
    return f'<section class="silu-said"><h2>{text(title)}</h2><p>{body}</p>{copied_text(copy, words.text)}</section>'
