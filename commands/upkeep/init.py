"""`silu init DIR`: create a study folder with the default questionnaire and example tables."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "新建一个调查文件夹"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("directory", metavar="目录", type=Path, help="要新建的文件夹；不会覆盖已有文件")
    parser.add_argument("--title", metavar="名称", default="文明城市创建模拟问卷调查", help="调查名称")


def run(args: argparse.Namespace) -> int:
    """Write the folder, read it back as a check, and print the next steps."""
    from survey.study.study import load_study
    from survey.study.template.new_study import init_study

    root = init_study(args.directory, title=args.title)
    study = load_study(root)
    print(f"已新建：{root}（问卷 {len(study.questionnaire.questions)} 题，示例社区 {len(study.areas.points)} 个）")
    print("接下来：")
    print(f"  1. 填写 {root / 'study.toml'}：组织单位、批准文号、调查轮次")
    print(f"  2. 用本市数据替换 {root / 'frame.csv'}、margins.csv 和 targets.csv")
    print(f"  3. 换成自己的问卷（Excel 问卷可用 silu xlsform 转换），检查：silu lint {root / 'questionnaire.json'}")
    wave = study.waves[0].name
    print(f"  4. 导入答卷：silu import 答卷文件 --study {root} --wave {wave}；然后 silu dashboard {root} 打开看板")
    return 0
