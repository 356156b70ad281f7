"""`silu doctor [STUDY]`: is the machine, and a study, fit for the work?"""

from __future__ import annotations

import argparse
from pathlib import Path

from reports.machine_health import State, machine_health
from reports.study_health import study_health

NEEDS_YOU = 3
SIGNS = {State.GOOD: "√", State.HINT: "！", State.FAULT: "×"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", metavar="目录", type=Path, nargs="?", help="调查文件夹；不写就只检查电脑")


def run(args: argparse.Namespace) -> int:
    """Print one line a check; 3 when somebody has to act."""
    study: Path | None = args.study
    checks = list(machine_health(study if study and study.is_dir() else Path.cwd()))
    if study is not None:
        checks += study_health(study)
    for one in checks:
        print(f"{SIGNS[one.state]} {one.name}：{one.found}")
        if one.cure:
            print(f"    处理办法：{one.cure}")
    faults = sum(one.state is State.FAULT for one in checks)
    hints = sum(one.state is State.HINT for one in checks)
    print(f"\n检查了 {len(checks)} 项：{faults} 项要处理，{hints} 项提醒")
    return NEEDS_YOU if faults else 0
