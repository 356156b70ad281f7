"""`silu mapping FILE --study DIR`: propose a mapping of columns to questions, for a person to confirm."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "为普通表格生成列名对应表 mapping.toml：核对并确认后，再用 silu import 导入"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", metavar="文件", type=Path, help="xlsx、xls 或 csv")
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")


def run(args: argparse.Namespace) -> int:
    """Write the proposal.

    Returns:
        0 if all columns are matched, 1 if a person must decide.
    """
    from survey.importing.mapping import propose_for
    from survey.importing.mapping_file import NAME, write_mapping
    from survey.study.study import load_study

    study = load_study(args.study)
    made = propose_for(Path(args.file), study.questionnaire)
    path = study.root / NAME
    write_mapping(path, made.headings, made.answers, source=made.file)
    sure = [match for match in made.headings if match.target]
    open_ = [match for match in made.headings if not match.target]
    print(f"{made.file}：{len(made.headings)} 列，认出 {len(sure)} 列，{len(open_)} 列没有把握，留空。")
    for match in open_:
        seems = f"，像是 {match.candidate} {match.title}（{match.likeness:.2f}）" if match.candidate else ""
        print(f"  {match.heading}{seems}")
    undecided = [answer for answer in made.answers if answer.code is None]
    if undecided:
        print(f"还有 {len(undecided)} 种答案写法没有对应的选项。")
    print(f"已写入 {path}。请逐行核对，把 confirmed 改为 true 后再导入。")
    return int(bool(open_ or undecided))
