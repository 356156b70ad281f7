"""The command face: `silu COMMAND ...`. It parses and dispatches; the work is done below."""

from __future__ import annotations

import argparse
import codecs
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from commands.parser import CommandParser
from survey import access, permissions
from survey.errors import SiluError

# command -> (module under commands/, one line of help). Modules are imported only when called,
# so that `silu --help` does not pay for DuckDB or Streamlit.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "新建一个调查文件夹"),
    "mock": ("mock", "生成一个模拟城市（全部为虚构数据，真值已知）"),
    "collect": ("collect", "启动网上问卷，居民用手机填写"),
    "field": ("field", "制作扫码海报、纸质问卷、邀请码、访问员链接"),
    "keys": ("keys", "网上问卷的密钥：查看、更换、停用旧密钥"),
    "drain": ("drain", "把网上问卷的答卷移入答卷库"),
    "lint": ("lint", "检查问卷文件"),
    "import": ("import_", "导入答卷文件：先预览，确认后一次写入"),
    "mapping": ("mapping", "为普通表格生成列名对应表，核对确认后再导入"),
    "export": ("export", "导出编码后的答卷（SPSS、Stata、CSV、DDI），只对分析员开放"),
    "xlsform": ("xlsform", "问卷与 XLSForm（ODK、Kobo）互相转换"),
    "history": ("history", "列出所有数据版本：谁在什么时候导入或撤销了什么"),
    "undo": ("undo", "撤销最近一次导入，或回到某个版本；原数据都保留在历史里"),
    "rejects": ("rejects", "导出被退回的行，改好后可以再导入"),
    "dashboard": ("dashboard", "打开网页看板"),
    "demo": ("demo", "演示：没有模拟城市就生成一个，然后打开网页看板"),
    "text": ("text", "分析市民留言：主题占比、各区县的特别之处、人工编码表"),
    "weak": ("weak", "判断哪些区县薄弱：确认薄弱、观察、达标或样本不足，附可能性和应补样本"),
    "change": ("change", "比较两轮：哪些变化看得出来，上一轮的薄弱项补上没有"),
    "compare": ("compare", "比较各组：同样的人相比哪一组不同；各轮走势的检验；样本结构与人口是否相符"),
    "pass": ("passing", "预测官方调查能否达标：各条线和全部达标的可能，先抓哪一项、哪个区县"),
    "plan": ("planning", "设计下一次抽样：份数、分配、费用、抽样名单和配额表"),
    "outreach": ("outreach", "规划宣传：谁不知道、哪些渠道找得到、预算怎么分到街道，随机分批，看效果"),
    "ledger": ("ledger", "整改台账：立项、更新、用新一轮数据复测、导出"),
    "quality": ("quality", "数据质量：逐份检查、配额进度、应答率、预登记"),
    "integrity": ("integrity", "真实性检查：访问员和社区的灯与依据"),
    "exclude": ("exclude", "剔除或恢复答卷：由人决定并写明理由"),
    "backup": ("backup", "备份整个调查：使用中也能备份，只写新的内容，可以加密"),
    "restore": ("restore", "从备份恢复成一个新的调查文件夹，或检查备份是否完好"),
    "doctor": ("doctor", "体检：电脑、字体、端口、磁盘、时钟，以及一个调查还缺什么"),
    "rates": ("rates", "计算四率：按区县、年龄等分组，带置信区间"),
}

SERVERS = ("dashboard", "demo", "collect")
EXIT_USER_ERROR = 2
EXIT_CLOSED_PIPE = 141  # what a shell tells of a program that SIGPIPE ended
# What a person wrote about answers or people has its own log; the log of views holds what was looked at.
UNLOGGED = ("study", "command", "run", "who", "why", "note", "reason", "owner", "interviewer")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: arguments without the program name; the process's own when None.

    Returns:
        The exit code: 0 done, 1 done with findings the user must see, 2 a user error, 3 somebody has to act.
    """
    if argv is None:
        _read_names()
    _speak()
    args = list(sys.argv[1:] if argv is None else argv)
    parser = CommandParser(prog="silu", description="四率：民意调查与知晓度分析")
    commands = parser.add_subparsers(dest="command", metavar="命令", required=True)
    for name, (module, text) in COMMANDS.items():
        sub = commands.add_parser(name, help=text, description=text)
        if args[:1] == [name]:
            loaded = import_module(f"commands.{module}")
            loaded.configure(sub)
            sub.set_defaults(run=loaded.run)
    parsed, unknown = parser.parse_known_args(args)
    if unknown:
        # The command's own help is what lists what it takes; the standard parser would point to that of silu.
        commands.choices[parsed.command].error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        return _run(parsed)
    except SiluError as error:
        print(f"错误：{error}", file=sys.stderr)
    except OSError as error:
        where, got = str(error.filename or ""), error.strerror or str(error)
        told = SiluError("文件不能读写", where=where, got=got, cure="检查路径、权限和磁盘空间")
        print(f"错误：{told}", file=sys.stderr)
    return EXIT_USER_ERROR


def _run(parsed: argparse.Namespace) -> int:
    """Do the work. What is asked is logged before anything is shown; where there was no study yet, afterwards."""
    access.current_role()
    _protect(parsed)
    logged = _log(parsed)
    try:
        code = int(parsed.run(parsed))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more when it ends, and would complain about the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EXIT_CLOSED_PIPE
    if not logged:
        _log(parsed)
    return code


def _protect(parsed: argparse.Namespace) -> None:
    """Let new files be private, or for the group that study.toml names; a server says what is too open already."""
    from survey.study.settings import shared_group

    root = getattr(parsed, "study", None)
    group = shared_group(root) if root is not None else ""
    permissions.restrict_new_files(group)
    if root is not None and parsed.command in SERVERS and (told := permissions.report(root, group)):
        print(told, file=sys.stderr)


def _log(parsed: argparse.Namespace) -> bool:
    """Log which command looks at which study and how (rule R-22); return whether there is a study."""
    root = getattr(parsed, "study", None)
    if root is None or not (root / "study.toml").is_file():
        return False
    options = {name: value for name, value in vars(parsed).items() if name not in UNLOGGED and value}
    access.log_view(root, {"command": parsed.command, **{name: _told(value) for name, value in options.items()}})
    return True


def _told(value: object) -> int | float | str:
    """An option as the log keeps it."""
    if isinstance(value, int | float):
        return value
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _read_names() -> None:
    """Start again in UTF-8 where Python takes file names for ASCII: no folder with a Chinese name could be opened."""
    if codecs.lookup(sys.getfilesystemencoding()).name == "ascii" and os.environ.get("PYTHONUTF8") != "1":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, "PYTHONUTF8": "1"})


def _speak() -> None:
    """Chinese in any terminal: UTF-8 where it claims ASCII, and a mark for a character it does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="replace")


if __name__ == "__main__":
    sys.exit(main())
