"""`silu doctor [STUDY] [--vulnerabilities FILE] [--sbom FILE]`: check the health of the machine and of a study."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from commands.terminal.exit_codes import EXIT_NEEDS_YOU
from reports.health.machine_health import State, machine_health

SIGNS = {State.GOOD: "√", State.HINT: "！", State.FAULT: "×"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", metavar="目录", type=Path, nargs="?", help="调查文件夹；不写就只检查电脑")
    parser.add_argument(
        "--vulnerabilities", metavar="文件", type=Path, help="再用这份漏洞清单（OSV 格式，JSON 或 zip）核对软件包"
    )
    parser.add_argument("--sbom", metavar="文件", type=Path, help="再与发布时的软件包清单（CycloneDX，JSON）比版本")


def run(args: argparse.Namespace) -> int:
    """Print one line per check; return 3 if action is required."""
    from reports.health.installed import against_bill, known_vulnerabilities, package_age
    from reports.health.study_health import study_health

    study: Path | None = args.study
    checks = list(machine_health(study if study and study.is_dir() else Path.cwd()))
    checks.append(package_age(datetime.now(UTC)))
    if study is not None:
        checks += study_health(study)
    if args.vulnerabilities is not None:
        checks += known_vulnerabilities(args.vulnerabilities)
    if args.sbom is not None:
        checks.append(against_bill(args.sbom))
    for one in checks:
        print(f"{SIGNS[one.state]} {one.name}：{one.found}")
        if one.cure:
            print(f"    处理办法：{one.cure}")
    faults = sum(one.state is State.FAULT for one in checks)
    hints = sum(one.state is State.HINT for one in checks)
    print(f"\n检查了 {len(checks)} 项：{faults} 项要处理，{hints} 项提醒")
    return EXIT_NEEDS_YOU if faults else 0
