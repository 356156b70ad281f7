"""`silu doctor [STUDY] [--vulnerabilities FILE]`: check the health of the machine and of a study."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from commands.exit_codes import EXIT_NEEDS_YOU
from reports.health.machine_health import Checkup, State, machine_health
from reports.packages.osv_file import read_records

if TYPE_CHECKING:
    from reports.packages.vulnerabilities import Vulnerability

SIGNS = {State.GOOD: "√", State.HINT: "！", State.FAULT: "×"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", metavar="目录", type=Path, nargs="?", help="调查文件夹；不写就只检查电脑")
    parser.add_argument(
        "--vulnerabilities", metavar="文件", type=Path, help="再用这份漏洞清单（OSV 格式，JSON 或 zip）核对软件包"
    )


def run(args: argparse.Namespace) -> int:
    """Print one line per check; return 3 if action is required."""
    from reports.health.study_health import study_health

    study: Path | None = args.study
    checks = list(machine_health(study if study and study.is_dir() else Path.cwd()))
    if study is not None:
        checks += study_health(study)
    if args.vulnerabilities is not None:
        checks += known_vulnerabilities(args.vulnerabilities)
    for one in checks:
        print(f"{SIGNS[one.state]} {one.name}：{one.found}")
        if one.cure:
            print(f"    处理办法：{one.cure}")
    faults = sum(one.state is State.FAULT for one in checks)
    hints = sum(one.state is State.HINT for one in checks)
    print(f"\n检查了 {len(checks)} 项：{faults} 项要处理，{hints} 项提醒")
    return EXIT_NEEDS_YOU if faults else 0


def known_vulnerabilities(path: Path) -> list[Checkup]:
    """Hold the installed packages against a list.

    Raises:
        ReadError: the list cannot be used.
    """
    from reports.packages.vulnerabilities import installed_packages, vulnerabilities

    records, packages = read_records(path), installed_packages()
    found = vulnerabilities(records, packages)
    if not found:
        return [Checkup("漏洞", State.GOOD, f"清单里 {len(records):,} 条，{len(packages)} 个软件包都不在其中")]
    return [Checkup("漏洞", State.FAULT, *_told(one)) for one in found]


def _told(one: Vulnerability) -> tuple[str, str]:
    names = "、".join([one.identity, *one.aliases])
    cure = f"升级到 {one.fixed} 或更新的版本" if one.fixed else "清单里没有修复的版本，请软件维护人员评估"
    return f"{one.package} {one.version}：{names} {one.summary}".rstrip(), cure
