"""`silu publish STUDY`: publish results to the readers without raw data."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "公布结果：领导、宣传部门和被测评单位只看公布过的答卷，免得前后两次相减看出一个人的回答"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("study", type=Path, metavar="调查文件夹")
    parser.add_argument("--show", action="store_true", help="只看公布到哪里了，不公布")


def run(args: argparse.Namespace) -> int:
    """Publish, or print what is published."""
    from reports.publishing.publication import (
        last_publication,
        newly_published,
        publication_state,
        responses_that_count,
    )
    from reports.sentences.notes.publishing import published
    from survey.study.study import load_study

    study = load_study(args.study)
    if args.show:
        print(publication_state(study, responses_that_count(study)))
        return 0
    before = last_publication(study)
    print(published(before, newly_published(study)))
    return 0
