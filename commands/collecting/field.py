"""`silu field`: make the fieldwork materials: posters, paper form, invitations and interviewers' links."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from survey.collect.links.seals import Seals
from survey.errors import ArgumentError
from survey.study.modes import INTERVIEWER_MODES

if TYPE_CHECKING:
    from survey.collect.inbox.inbox import Backend
    from survey.collect.settings import CollectSettings
    from survey.study.study import Study

HELP = "制作调查用的材料：每个社区的扫码海报、纸质问卷、一次性邀请码、访问员链接"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("study", type=Path, metavar="调查文件夹")
    parser.add_argument("--url", default="", metavar="网址", help="居民打开问卷的网址；默认取自 [collect] public_url")
    parser.add_argument("--out", type=Path, default=Path("材料"), metavar="目录", help="写到哪里，默认“材料”")
    parser.add_argument(
        "--place", action="append", type=int, default=[], metavar="代码", help="只做这些社区，12 位代码"
    )
    parser.add_argument("--invitations", type=int, default=0, metavar="数量", help="每个社区做多少个一次性邀请码")
    parser.add_argument("--interviewer", action="append", default=[], metavar="编号", help="为这些访问员做链接")
    parser.add_argument("--mode", choices=sorted(INTERVIEWER_MODES), default="household", help="访问员的调查方式")
    parser.add_argument(
        "--expires",
        metavar="日期",
        help="邀请码和访问员链接用到哪一天（含），如 2027-03-14；默认到正在进行的这一轮结束",
    )
    parser.add_argument(
        "--revoke", action="append", default=[], metavar="码", help="作废一个邀请码，或一位访问员（写编号）的全部链接"
    )


def run(args: argparse.Namespace) -> int:
    """Write the files, or revoke."""
    from survey.collect.form.promises import note_promise
    from survey.collect.links.keys import seals_of
    from survey.collect.serving.server import open_inbox
    from survey.collect.settings import CHINA, collect_settings, opening
    from survey.study.study import load_study

    study = load_study(args.study)
    settings = collect_settings(study)
    if args.revoke:
        return _revoke(study, settings, args)
    args.url = args.url or settings.public_url
    _check(args)
    places = _places(study, args.place)
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArgumentError("不能写到这个目录", where=str(args.out), got=error.strerror or "") from None
    backend = open_inbox(study, settings)
    try:
        seals = seals_of(study, backend)
        if settings.invitation == "token":
            print("这项调查凭邀请码填写，所以不做公开海报；用 --invitations 数量 制作一次性邀请码")
        else:
            _posters(study, settings, places, args)
        _paper(study, settings, args.out)
        note_promise(backend, study, datetime.now(CHINA).date())
        if args.invitations:
            _invitations(backend, seals, places, args, _last_day(study, "online", args))
        if args.interviewer:
            _interviewers(backend, seals, args, _last_day(study, args.mode, args))
            if reason := opening(study, settings, datetime.now(CHINA), args.mode).reason:
                print(f"访问员链接现在还打不开问卷：{reason}")
    finally:
        backend.close()
    objection = study.approval.objection(datetime.now(CHINA).date())
    if objection:
        print(f"注意：{objection}。按统计法，没有批准文号或已过期的调查表，居民有权拒绝填写；材料先不要张贴、发放。")
    return 0


def _revoke(study: Study, settings: CollectSettings, args: argparse.Namespace) -> int:
    from survey.collect.links.keys import seals_of
    from survey.collect.links.revocations import fix_undated, revoke
    from survey.collect.serving.server import open_inbox
    from survey.collect.settings import CHINA

    if args.invitations or args.interviewer:
        raise ArgumentError("作废和制作要分开", cure="先用 --revoke 作废，再运行一次制作")
    backend = open_inbox(study, settings)
    try:
        fix_undated(backend, study.waves, datetime.now(CHINA).date())
        seals = seals_of(study, backend)
        for text in args.revoke:
            print(revoke(backend, seals, text))
    finally:
        backend.close()
    print("正在运行的网上问卷几秒内生效，不用重新启动")
    return 0


def _last_day(study: Study, mode: str, args: argparse.Namespace) -> date:
    from survey.collect.links.issuing import last_day
    from survey.collect.settings import CHINA

    try:
        wanted = date.fromisoformat(args.expires) if args.expires else None
    except ValueError:
        raise ArgumentError("日期不对", where="--expires", got=args.expires, expected="如 2027-03-14") from None
    return last_day(study, mode, datetime.now(CHINA).date(), wanted)


def _check(args: argparse.Namespace) -> None:
    """Check the address, which cannot be corrected once it is printed."""
    from survey.collect.settings import public_url_fault

    if not args.url:
        cure = "写 --url 网址，或在 study.toml 的 [collect] 写 public_url"
        raise ArgumentError("没有写居民打开问卷的网址", where="--url", cure=cure)
    if expected := public_url_fault(args.url):
        raise ArgumentError("网址不对", got=args.url, expected=expected)
    if args.invitations < 0:
        raise ArgumentError("邀请码的数量不对", got=str(args.invitations), expected="不小于 0 的整数")


def _places(study: Study, codes: Sequence[int]) -> list[int]:
    known = study.areas.by_code
    unknown = [str(code) for code in codes if code not in known]
    if unknown:
        raise ArgumentError("抽样框里没有这个社区", got="、".join(unknown), cure="核对 frame.csv 中的 12 位代码")
    return list(codes) or [point.code for point in study.areas.points]


def _posters(study: Study, settings: CollectSettings, places: Sequence[int], args: argparse.Namespace) -> None:
    from survey.collect.form.printing import Poster, link, posters_pdf

    points = study.areas.by_code
    posters = [
        Poster(f"{points[code].district} {points[code].street} {points[code].community}", link(args.url, place=code))
        for code in places
    ]
    (args.out / "海报.pdf").write_bytes(posters_pdf(study, settings, posters))
    print(f"{args.out / '海报.pdf'}：{len(posters)} 个社区，每个一页")


def _paper(study: Study, settings: CollectSettings, out: Path) -> None:
    from survey.collect.form.printing import paper_pdf
    from survey.collect.serving.server import questionnaire_file
    from survey.instrument.questionnaire import read_survey

    (out / "纸质问卷.pdf").write_bytes(paper_pdf(study, settings, read_survey(questionnaire_file(study))))
    print(f"{out / '纸质问卷.pdf'}")


def _invitations(
    backend: Backend, seals: Seals, places: Sequence[int], args: argparse.Namespace, expires: date
) -> None:
    from survey.collect.form.printing import link
    from survey.collect.links.issuing import make_invitations
    from survey.collect.settings import spoken_day
    from survey.storage.spreadsheets import GuardedWriter

    first, made = make_invitations(backend, seals, places, args.invitations, expires)
    path = args.out / f"邀请码-{first}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = GuardedWriter(file)
        rows.writerow(["社区代码", "邀请码", "有效期至", "链接"])
        for code, token in made:
            rows.writerow([code, token, expires.isoformat(), link(args.url, place=code, token=token)])
    print(f"{path}：{args.invitations * len(places)} 个，每个只能用一次，有效期至{spoken_day(expires)}（含当天）")


def _interviewers(backend: Backend, seals: Seals, args: argparse.Namespace, expires: date) -> None:
    from survey.collect.form.printing import link
    from survey.collect.links.issuing import make_pass
    from survey.collect.settings import spoken_day
    from survey.storage.spreadsheets import GuardedWriter
    from survey.study.study import MODES

    path = args.out / "访问员链接.csv"
    made = {code: make_pass(backend, seals, code, args.mode, expires) for code in args.interviewer}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = GuardedWriter(file)
        rows.writerow(["访问员", "调查方式", "有效期至", "链接"])
        for code, key in made.items():
            rows.writerow([code, MODES[args.mode], expires.isoformat(), link(args.url, key=key)])
    print(f"{path}：凭链接即可以访问员身份填写，有效期至{spoken_day(expires)}（含当天）；请单独发给本人，不要公开")
    print(f"丢了手机或离岗时作废：silu field {args.study} --revoke 编号")
