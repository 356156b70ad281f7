"""`silu mock DIR`: draw a fictitious city from a known truth, as a study folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from commands.terminal.progress import ProgressLine
from survey.errors import ArgumentError
from survey.instrument.measure import measure_label

if TYPE_CHECKING:
    from survey.mock.drawing import MockCity

HELP = "生成一个模拟城市（全部为虚构数据，真值已知）"


FAULT_NAMES = {
    "straight-line": "直线作答",
    "duplicate": "重复上传",
    "fabricated": "照模板编造的访问员",
    "coached": "统一教答的社区",
    "random": "随机作答",
    "random-grid": "表格内随机作答",
    "zigzag": "按规律作答",
    "late-line": "后段直线",
    "careful": "逐题抄真实答案的访问员",
    "careful-half": "同上，只编一半",
}
"""Fault -> its name on screen."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("directory", metavar="目录", type=Path, help="要生成的调查文件夹")
    numbers = (
        ("--seed", 1, "随机种子；同一种子每次生成的文件逐字节相同"),
        ("--districts", 8, "区县数，最多 80"),
        ("--streets-per-district", 5, "每个区县的街道（镇）数"),
        ("--communities-per-street", 4, "平均每个街道每轮抽取的社区数；抽样框里的社区是它的 3 倍"),
        ("--waves", 2, "调查轮次"),
    )
    for option, default, text in numbers:
        parser.add_argument(option, metavar="N", type=int, default=default, help=f"{text}（默认 {default}）")
    parser.add_argument(
        "--responses", metavar="N", type=int, default=None, help="答卷总数，含网络自填（默认每个抽中社区每轮约 18 份）"
    )
    parser.add_argument("--honest", action="store_true", help="不植入任何问题答卷（敷衍、重复、编造、诱导）")
    kinds = "、".join(f"{name} {label}" for name, label in FAULT_NAMES.items())
    parser.add_argument("--faults", metavar="种类,…", default="", help=f"只植入这些问题答卷，用逗号分开：{kinds}")
    parser.add_argument("--no-import", action="store_true", help="只写文件，不导入答卷库")
    parser.add_argument("--overwrite", action="store_true", help="覆盖同一文件夹里以前生成的模拟城市")


def run(args: argparse.Namespace) -> int:
    """Draw, write and import the city, and print what the folder contains."""
    from reports.counted.definition import KEEP_FROM
    from survey.mock.city.spec import MockSpec
    from survey.mock.drawing import draw
    from survey.mock.folder import check_folder, import_folder, write_folder

    spec = MockSpec(
        seed=args.seed,
        districts=args.districts,
        streets_per_district=args.streets_per_district,
        communities_per_street=args.communities_per_street,
        responses=args.responses,
        waves=args.waves,
        faults=_faults(args),
    )
    check_folder(args.directory, overwrite=args.overwrite)
    with ProgressLine() as bar:
        bar.show("生成模拟城市", 0.0)
        mock = draw(spec)
        bar.show("写入文件", 0.2)
        root = write_folder(mock, args.directory, overwrite=args.overwrite, practice=True)
        imported = (
            [] if args.no_import else import_folder(root, mock, lambda what, done: bar.show(what, 0.3 + 0.7 * done))
        )
        if sum(len(draft.people) for draft in mock.drafts if imported) >= KEEP_FROM:
            from reports.fieldwork.deriving import derive_at_commit  # loads the estimates
            from survey.study.study import load_study

            bar.show("汇总答卷", 1.0)
            derive_at_commit(load_study(root))
    versions = [done.version for done in imported]
    _report(root, mock, versions)
    return 0


def _faults(args: argparse.Namespace) -> bool | tuple[str, ...]:
    from commands.terminal.asked import listed

    if args.honest and args.faults:
        raise ArgumentError("--honest 和 --faults 不能同时用", got=args.faults, cure="去掉其中一个")
    return tuple(listed(args.faults)) if args.faults else not args.honest


def _report(root: Path, mock: MockCity, versions: list[int | None]) -> None:
    from reports.sentences.notes import files

    city, spec = mock.city, mock.spec
    total = sum(len(draft.people) for draft in mock.drafts)
    streets = len({point.code // 1000 for point in city.areas.points})
    size = files.city(city.districts, streets, spec.sampled, total)
    print(f"模拟数据：{root}（{size}）")
    for weak in mock.truth.plan.weak:
        share = mock.truth.headline_shares(weak.measure, spec.wave_names[-1])[weak.district]
        print(f"  {files.truth(weak.district, measure_label(weak.measure), share)}")
    print(f"  真值全部写在 {root / 'truth'}")
    if versions:
        print(f"  {files.imported(max(version or 0 for version in versions))}")
    first = f"silu rates --study {root} --by district" if versions else _import_of(root, mock)
    print(f"接下来：{first}；试填网上问卷：silu collect {root}")


def _import_of(root: Path, mock: MockCity) -> str:
    """Return the command that imports the first answer file."""
    people = mock.drafts[0].people
    file = root / "raw" / f"{people.wave}_{people.mode}.csv"
    return f"silu import {file} --study {root} --wave {people.wave} --mode {people.mode}"
