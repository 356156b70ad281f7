"""Publications: readers without raw data never see the difference that one person makes (rule R-06)."""

from __future__ import annotations

from dataclasses import replace

from accounts.audit.log import Act, record
from accounts.grants import require
from accounts.verbs import Verb
from reports.selection import Selection
from reports.sentences.notes.publishing import state
from reports.sentences.sentence import Sentence
from survey.errors import ArgumentError
from survey.host.access import Role, current_role
from survey.host.person import name_of_person
from survey.quality.exclusions import count_counted
from survey.quality.publishing.choice import ENOUGH
from survey.quality.publishing.publication import (
    Publication,
    current_publication,
    last_publication,
    publish,
    publishes_itself,
)
from survey.study.study import Study

__all__ = [
    "Publication",
    "as_published",
    "last_publication",
    "newly_published",
    "publication_state",
    "published_version",
    "responses_that_count",
]


def as_published(study: Study, role: Role | None = None) -> Study:
    """Return the study as a reader sees it: with its publication, brought up to date, for all but analysts.

    Args:
        study: the study.
        role: the reader's; that of the person who acts when None.

    Raises:
        StoreError: no responses yet, or the record of publications cannot be written.
        DamagedError: the record of publications cannot be read.
    """
    reader = current_role() if role is None else role
    if reader is Role.ANALYST:
        return replace(study, publication=0) if study.publication else study  # summaries are kept for one study object
    if study.publication:
        return study
    before, now = last_publication(study), current_publication(study)
    if before is None or before.number != now.number:
        facts = {"what": "自动公布", "publication": now.number, "version": now.version}
        record(study.root, Act.PUBLISH, facts, durable=True)
    return replace(study, publication=now.number)


def published_version(study: Study, selection: Selection) -> int | None:
    """Return the data version that a selection reads; the published answers have one only.

    Raises:
        ArgumentError: another version is requested than the one that was published.
    """
    if not study.publication:
        return selection.version
    last = last_publication(study)
    if last is None or selection.version is None:
        return None if last is None else last.version
    if not last.holds(study.publication, selection.version):
        raise ArgumentError(
            "换一个数据版本来算只对分析员开放：两个版本相减会推算出少数人的情况（规则 R-06）",
            got=f"版本 {selection.version}",
            expected=f"版本 {last.version}",
            cure="不写 --version；在网页上就刷新本页",
        )
    return selection.version


def newly_published(study: Study) -> Publication:
    """Publish in the name of the person who acts.

    Raises:
        AccountError: the role may not publish.
        StoreError: no responses yet, or the record of publications cannot be written.
        DamagedError: the record of publications cannot be read.
    """
    require(Verb.PUBLISH, "公布结果")
    return publish(study, who=name_of_person())


def responses_that_count(study: Study) -> int:
    """Return how many responses of the newest version count.

    Raises:
        StoreError: no responses yet.
    """
    return count_counted(replace(study, publication=0))


def publication_state(study: Study, newest: int) -> Sentence:
    """Return what is published, and what waits.

    Args:
        study: the study.
        newest: from `responses_that_count`.

    Raises:
        DamagedError: the record of publications cannot be read.
    """
    return state(last_publication(study), newest, auto=publishes_itself(study), few=ENOUGH * study.suppression)
