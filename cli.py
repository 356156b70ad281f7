"""The command line interface `silu COMMAND ...`: parse and dispatch."""

from __future__ import annotations

import argparse
import codecs
import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from accounts.audit.files import OUTSIDE, note_files
from accounts.audit.log import DONE, FAILED, REFUSED, STARTED, Act, record
from commands.terminal.exit_codes import EXIT_CLOSED_PIPE, EXIT_NEEDS_YOU, EXIT_USER_ERROR
from commands.terminal.parser import CommandParser, command_first
from commands.terminal.person import as_account
from commands.terminal.verbs import require_command
from survey.errors import DamagedError, SiluError
from survey.host import names, permissions, scratch

# command -> (module under commands/, one line of help). Modules are imported only when called, so that
# `silu --help` loads neither DuckDB nor Streamlit.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("upkeep.init", "新建一个调查文件夹"),
    "mock": ("upkeep.mock", "生成一个模拟城市（全部为虚构数据，真值已知）"),
    "collect": ("collecting.collect", "启动网上问卷，居民用手机填写"),
    "field": ("collecting.field", "制作扫码海报、纸质问卷、邀请码、访问员链接"),
    "keys": ("collecting.keys", "网上问卷的密钥：查看、更换、停用旧密钥"),
    "drain": ("collecting.drain", "把网上问卷的答卷移入答卷库"),
    "lint": ("answers.lint", "检查问卷文件"),
    "import": ("answers.import_", "导入答卷文件：先预览，确认后一次写入"),
    "mapping": ("answers.mapping", "为普通表格生成列名对应表，核对确认后再导入"),
    "map": ("answers.map", "地图边界：导入 GeoJSON、Shapefile、KML，对上抽样框，先预览后写入"),
    "export": ("answers.export", "导出编码后的答卷（SPSS、Stata、CSV、DDI），只对分析员开放"),
    "xlsform": ("answers.xlsform", "问卷与 XLSForm（ODK、Kobo）互相转换"),
    "history": ("answers.history", "列出所有数据版本：谁在什么时候导入或撤销了什么"),
    "undo": ("answers.undo", "撤销最近一次导入，或回到某个版本；原数据都保留在历史里"),
    "verify": ("upkeep.verify", "核对调查文件夹里的一切是否与写入时一致；发现损坏时退出码为 3"),
    "repair": ("upkeep.repair", "修复损坏的数据：按原始文件和收件箱重建，说明哪些补不回来"),
    "rejects": ("answers.rejects", "导出被退回的行，改好后可以再导入"),
    "audit": ("upkeep.audit", "审计记录：核对有没有被改动，查看谁做了什么"),
    "publish": ("answers.publish", "公布结果：没有原始数据的人只看公布过的答卷"),
    "dashboard": ("upkeep.dashboard", "打开网页看板"),
    "demo": ("upkeep.demo", "演示：没有模拟城市就生成一个，然后打开网页看板"),
    "text": ("findings.text", "分析市民留言：主题占比、各区县的特别之处、人工编码表"),
    "weak": ("findings.weak", "判断哪些区县薄弱：确认薄弱、观察、达标或尚难判断，附可能性和应补样本"),
    "area": ("findings.area", "区域档案：一个区县、街道或社区哪里薄弱、差在哪些人、谁来办、与其他区域比"),
    "change": ("findings.change", "比较两轮：哪些变化看得出来，上一轮的薄弱项补上没有"),
    "compare": ("findings.compare", "比较各组：同样的人相比哪一组不同；各轮走势的检验；样本结构与人口是否相符"),
    "pass": ("actions.passing", "预测官方调查能否达标：各条线和全部达标的可能，先抓哪一项、哪个区县"),
    "plan": ("actions.planning", "设计下一次抽样：份数、分配、费用、抽样名单和配额表"),
    "outreach": ("actions.outreach", "规划宣传：谁不知道、哪些渠道找得到、预算怎么分到街道，随机分批，看效果"),
    "ledger": ("actions.ledger", "整改台账：立项、更新、用新一轮数据复测、导出"),
    "brief": ("actions.brief", "领导材料：简报、区域档案、通报、整改通知单、督办单；口头汇报；核对已生成的文件"),
    "quality": ("findings.quality", "数据质量：逐份检查、配额进度、应答率、预登记"),
    "integrity": ("findings.integrity", "真实性检查：访问员和社区的灯与依据"),
    "derive": ("findings.derive", "提前算好看板要等的结果（汇总、真实性检查、市民留言）"),
    "exclude": ("answers.exclude", "剔除或恢复答卷：由人决定并写明理由"),
    "bursts": ("collecting.bursts", "集中提交（刷票嫌疑）：查看、计入或不计入，由分析员决定"),
    "purge": ("upkeep.purge", "删除保存期已满的资料：先看清单，确认后删除；也可以暂停删除"),
    "backup": ("upkeep.backup", "备份整个调查：使用中也能备份，只写新的内容，可以加密"),
    "restore": ("upkeep.restore", "从备份恢复成一个新的调查文件夹，或检查备份是否完好"),
    "account": ("upkeep.account", "账户：添加、重置口令、停用、授予岗位、从名单添加"),
    "doctor": ("upkeep.doctor", "体检：电脑、字体、端口、磁盘、时钟，以及一个调查还缺什么"),
    "rates": ("findings.rates", "计算四率：按区县、年龄等分组，带置信区间"),
    "crosstab": ("findings.crosstab", "交叉分析：任何题目按任何分组，带区间、差别标记和检验"),
}

READING = ("rates", "weak", "area", "change", "compare", "pass", "text", "history", "doctor")
"""Commands that only print: one line in the log is enough unless they fail."""
COLLECT_AFTER = 50_000
"""New objects between garbage collections in commands that end: libraries create hundreds of thousands that stay."""
SERVERS = ("dashboard", "demo", "collect")
SWEEPING = (*SERVERS, "import", "drain")
# Options left out of the log of views: free text and names are logged elsewhere, an address may hold a key.
UNLOGGED = frozenset(
    {"master", "study", "directory", "folder", "command", "run", "who", "why", "note", "reason", "owner", "interviewer"}
)


ONE_THREAD = ("OPENBLAS_NUM_THREADS", "1")
"""Matrices are small: waking a thread of numpy for one takes longer than computing it, and the CPU of others."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: arguments without the program name; None for those of the process.

    Returns:
        The exit code: 0 for success, 1 for success with findings, 2 for a user error, 3 if action is required.
    """
    if argv is None:
        _read_names()
        os.environ.setdefault(*ONE_THREAD)
    _use_utf8_output()
    args = command_first(sys.argv[1:] if argv is None else argv)
    if argv is None and args and args[0] not in SERVERS:
        gc.set_threshold(COLLECT_AFTER)
    parsed = _parsed(args)
    try:
        _check_paths(parsed)
        with as_account(parsed):
            return _run(parsed)
    except SiluError as error:
        print(f"错误：{error}", file=sys.stderr)
        return EXIT_NEEDS_YOU if isinstance(error, DamagedError) else EXIT_USER_ERROR
    except OSError as error:
        where, got = str(error.filename or ""), error.strerror or str(error)
        problem = SiluError("文件不能读写", where=where, got=got, cure="检查路径、权限和磁盘空间")
        print(f"错误：{problem}", file=sys.stderr)
    return EXIT_USER_ERROR


def _parsed(args: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments; of the commands only the one that is called gets a parser, where one is."""
    called = args[0] if args and args[0] in COMMANDS else ""
    parser = CommandParser(prog="silu", description="四率：民意调查与知晓度分析")
    commands = parser.add_subparsers(dest="command", metavar="命令", required=True)
    for name, (module, text) in COMMANDS.items():
        if called not in ("", name):
            continue
        sub = commands.add_parser(name, help=text, description=text)
        if name == called:
            loaded = import_module(f"commands.{module}")
            loaded.configure(sub)
            sub.set_defaults(run=loaded.run)
    parsed, unknown = parser.parse_known_args(args)
    if unknown:
        # Refer to the help of the command; the standard parser would refer to that of silu.
        commands.choices[parsed.command].error(f"unrecognized arguments: {' '.join(unknown)}")
    return parsed


def _run(parsed: argparse.Namespace) -> int:
    """Run the command, logging the request beforehand, or afterwards if the study did not exist yet."""
    try:
        require_command(parsed.command)
    except SiluError:
        _log(parsed, REFUSED)
        raise
    _protect(parsed)
    logged = _log(parsed, STARTED)
    try:
        code = int(parsed.run(parsed))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more on exit and would report the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EXIT_CLOSED_PIPE
    except SiluError:
        _log(parsed, FAILED)
        raise
    if not logged or parsed.command not in READING:
        _log(parsed, DONE)
    return code


def _check_paths(parsed: argparse.Namespace) -> None:
    """Refuse paths that no file can have, and names for new files that other systems do not take."""
    for name, value in vars(parsed).items():
        for path in value if isinstance(value, list) else [value]:
            if isinstance(path, Path):
                (names.check_new_name if name == "out" else names.check_path)(path, f"--{name}")


def _protect(parsed: argparse.Namespace) -> None:
    """Make new files private, or accessible to the group in study.toml; servers also report files that are too open."""
    from survey.study.settings import shared_group

    root = getattr(parsed, "study", None)
    group = shared_group(root) if root is not None else ""
    permissions.restrict_new_files(group)
    scratch.sweep_system()
    if root is not None and parsed.command in SWEEPING:
        scratch.sweep_study(root)
    if root is not None and parsed.command in SERVERS and (excess := permissions.report(root, group)):
        print(excess, file=sys.stderr)


def _log(parsed: argparse.Namespace, result: str) -> bool:
    """Log command, study, options and result (rule R-22); return whether there is a study."""
    root = _root(parsed)
    if root is None:
        return False
    note_files(root, parsed.command if result in (DONE, FAILED) else OUTSIDE)
    options = {name: value for name, value in vars(parsed).items() if name not in UNLOGGED and value}
    facts = {"command": parsed.command, **{name: _loggable(value) for name, value in options.items()}}
    record(root, Act.COMMAND, facts, result=result)
    return True


def _root(parsed: argparse.Namespace) -> Path | None:
    """Return the study of a command, which it may be about to make; None where there is none."""
    named = [getattr(parsed, name, None) for name in ("study", "directory", "folder")]
    return next((one for one in named if one is not None and (one / "study.toml").is_file()), None)


def _loggable(value: object) -> int | float | str:
    """Return an option value in the form of the log."""
    if isinstance(value, int | float):
        return value
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _read_names() -> None:
    """Restart in UTF-8 mode where Python takes file names for ASCII and could not open Chinese ones."""
    if codecs.lookup(sys.getfilesystemencoding()).name == "ascii" and os.environ.get("PYTHONUTF8") != "1":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, "PYTHONUTF8": "1"})


def _use_utf8_output() -> None:
    """Make output safe in any terminal: UTF-8 where it declares ASCII, and a substitute for missing characters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="replace")


if __name__ == "__main__":
    sys.exit(main())
