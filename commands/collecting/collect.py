"""`silu collect`: serve the online questionnaire of a study."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from survey.collect.serving.scheduler import HOUR, Scheduler
from survey.errors import ArgumentError

HELP = "启动网上问卷：居民用手机填写，答卷写入硬盘后才回复“已收到”"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("study", type=Path, metavar="调查文件夹")
    parser.add_argument(
        "--host", metavar="地址", default="127.0.0.1", help="监听地址，默认只限本机；对外服务写 0.0.0.0"
    )
    parser.add_argument("--port", type=int, metavar="端口", default=8600, help="端口，默认 8600")
    parser.add_argument("--certificate", type=Path, metavar="文件", help="TLS 证书文件（PEM）")
    parser.add_argument("--key", type=Path, metavar="文件", help="TLS 私钥文件（PEM）")
    parser.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="地址",
        help="可信的反向代理，来访地址取自 X-Forwarded-For",
    )
    parser.add_argument(
        "--monitor", action="append", default=[], metavar="地址", help="除本机外，还允许读 /metrics 的地址"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until stopped."""
    from survey.collect.serving import door
    from survey.collect.serving.server import Listen, build, serve
    from survey.collect.settings import opening
    from survey.study.plans.backup_plan import backup_plan
    from survey.study.study import load_study

    if (args.certificate is None) != (args.key is None):
        raise ArgumentError("证书和私钥要同时给出", cure="同时写 --certificate 和 --key")
    study = load_study(args.study)
    listen = Listen(args.host, args.port, args.certificate, args.key)
    door.check(listen)
    app = build(study, proxies=frozenset(args.proxy), watchers=frozenset(args.monitor))
    now = datetime.now(UTC)
    opened = opening(study, app.receiver.settings, now)
    scheme = "https" if args.certificate else "http"
    print(f"网上问卷：{scheme}://{args.host}:{args.port}/    停止：Ctrl+C")
    if app.receiver.settings.public_url:
        print(f"居民打开：{app.receiver.settings.public_url}")
    print(f"正在接收：{opened.wave.title}" if opened.wave else f"尚未开放：{opened.reason}", flush=True)
    objection = study.approval.objection(now.date())
    if objection:
        print(f"注意：{objection}。按统计法，没有批准文号或已过期的调查表，居民有权拒绝填写。", flush=True)
    schedules = (
        Scheduler(("drain", str(args.study)), app.receiver.settings.drain_seconds),
        Scheduler(("backup", "--study", str(args.study), "--due"), HOUR if backup_plan(study) else 0),
    )
    for one in schedules:
        one.start()
    try:
        serve(app, listen)
    finally:
        for one in schedules:
            one.stop()
    return 0
