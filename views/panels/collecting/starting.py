"""Start and stop the online form from 实时回收, and what to do while it has no answers."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import streamlit as st

from accounts.audit.changes import change
from accounts.audit.log import Act
from reports.sentences.notes.days import on_page
from reports.sentences.sentence import Name, Sentence, say, setting
from survey.collect.monitoring.monitor import endless
from survey.collect.public_address import save_public_url
from survey.collect.serving.child import EVERYWHERE, LOCAL, own_address
from survey.collect.serving.door import check
from survey.collect.serving.server import Listen
from survey.collect.settings import CHINA, Opening, collect_settings, opening
from survey.errors import CollectError, SiluError
from survey.study.study import Study
from survey.study.terms import Wave
from views.blocks.html import head
from views.blocks.single.steps import State, Step, form_code, step_card
from views.cached import form
from views.panels import page
from views.panels.collecting.ahead import ahead
from views.shell.markup import plain

PORT = 8600
REACH = {LOCAL: "只有这台电脑（试填）", EVERYWHERE: "同一网络的手机（传输不加密）"}
WHO, DOOR, TAKEN = "谁能打开", "端口", "常用端口被占用，换一个"
STARTING, STOPPING = "正在启动，约需半分钟", "正在停止"
START, STOP, TRY = "启动网上问卷", "停止网上问卷", "自己先填一份"
RUNNING = "网上问卷还没有收到答卷：请社区工作人员把二维码发给居民"
AGAIN = "网上问卷没有收到答卷：请分析员先启动，再发二维码"
CLOSED = "现在没有网上轮次，不影响四率：不用启动网上问卷"
NO_HURRY = "网上问卷没有启动，不影响四率：现在不用办"
FIRST = "先选“只有这台电脑”，再按“启动网上问卷”，自己填一份，没有问题再对居民开放。"
RUNS = "正在接收答卷。关掉看板，网上问卷也会停止。"
OR_ELSEWHERE = "这个看板没有启动它；已在别的电脑启动的，跳过这一步。"
ELSEWHERE = "请系统维护人员在居民能打开的电脑上运行下面这一行。不能从这里启动：{why}。"
STOPS = "已收到的答卷都在硬盘上，停止后不会丢。"
HAND = "把二维码发给居民"
HAND_OUT = "由社区工作人员打印张贴，或者发到居民群。"
NO_CODE = "启动后下面出现二维码；有固定网址的，填在这里。"
NO_BOX = "居民打开问卷的网址由系统维护人员设置，设置后下面出现二维码。"
FIXED = "固定网址（有才填）"
URL, SAVE = "居民打开问卷的网址（没有就空着）", "保存网址"
EXAMPLE = "https://silu.example.cn/wj/"
ONLY_HERE = "现在只有这台电脑能打开：停止后选“同一网络的手机”再启动，下面就出现二维码。"
WATCH = "在本页看回收", "收到几份、哪个社区还没有，本页每半分钟更新一次；没有答卷的社区，请社区工作人员催填。"


def without_answers(study: Study, *, begun: bool) -> None:
    """Draw the three steps towards answers.

    Args:
        study: the study.
        begun: whether the form has run before.
    """
    why = form.refused(study)
    runs = form.form_of(study).listens is not None if not why else begun
    now = datetime.now(CHINA)
    found = opening(study, collect_settings(study), now)
    title: object = RUNNING if runs else AGAIN if begun else _not_begun(found.wave, now)
    with st.container(key="glance"):
        st.html(head(title, _lead(study, found, now, runs=runs)))
        columns = st.columns(3, gap="medium")
        with columns[0]:
            note = ELSEWHERE.format(why=why) if why else RUNS if runs else OR_ELSEWHERE if begun else FIRST
            waits = not begun and (found.wave is None or endless(found.wave.end, now))
            _first(study, note, State.DONE if runs else State.LATER if waits else State.NOW)
        with columns[1]:
            _second(study, runs=runs)
        with columns[2]:
            st.html(step_card(3, Step(*WATCH)))
        ahead(study, address_of(study))


def _not_begun(wave: Wave | None, now: datetime) -> Sentence | str:
    """Return the headline before the form has run: how many days are left, or that nothing presses."""
    if wave is None:
        return CLOSED
    if endless(wave.end, now):
        return NO_HURRY
    left = setting("days left", (wave.end - now.date()).days)
    return say("网上问卷一份还没收到，还有 {left} 天截止：请分析员今天启动", left=left)


def _lead(study: Study, found: Opening, now: datetime, *, runs: bool) -> Sentence:
    """Return which wave is open and until when, and who does what; or why none is open."""
    title = Name(study.questionnaire.title or study.title)
    if found.wave is None:
        return say("问卷《{title}》。现在不接收：{reason}。", title=title, reason=Name(found.reason))
    end = found.wave.end
    return say(
        "{now}“{wave}”的答卷，{until}。想听没抽到的居民的意见时，由分析员启动、先在本机试填，社区工作人员发二维码。",
        now=Name("正在收" if runs else "启动后收"),
        wave=Name(found.wave.title),
        until=Name("没有截止日期") if endless(end, now) else say("{day}截止", day=on_page(end, now.year)),
    )


def _first(study: Study, note: str, state: State) -> None:
    command = f"silu collect {Path(study.root).name} --host {EVERYWHERE}" if form.refused(study) else ""
    st.html(step_card(1, Step(START, note, state, command)))
    start_box(study)


def _second(study: Study, *, runs: bool) -> None:
    url = address_of(study)
    refused = bool(form.refused(study))
    note = HAND_OUT if url else NO_BOX if refused else ONLY_HERE if runs else NO_CODE
    st.html(step_card(2, Step(HAND, note, State.NOW if runs else State.LATER)))
    if not refused:
        with st.expander(FIXED):
            _address_box(study)


def _address_box(study: Study) -> None:
    """Ask for the address at which residents open the form, and keep it in the settings of the study."""
    known = collect_settings(study).public_url
    url = st.text_input(URL, known, key="form-url", placeholder=EXAMPLE).strip()
    if st.button(SAVE, key="form-url-save", disabled=url == known):
        try:
            with change(study.root, SAVE, {"public_url": url}, act=Act.SETTING):
                save_public_url(Path(study.root), url)
        except SiluError as error:
            page.problem(error)
            return
        st.rerun()


def address_of(study: Study) -> str:
    """Return the address at which residents open the form; "" where none is known."""
    if url := collect_settings(study).public_url:
        return url
    listens = None if form.refused(study) else form.form_of(study).listens
    own = own_address() if listens and listens.host == EVERYWHERE else ""
    return f"http://{own}:{listens.port}/" if listens and own else ""


def start_box(study: Study) -> None:
    """Draw the button that starts the form, or its state and the button that stops it; for those who may."""
    if form.refused(study):
        return
    child = form.form_of(study)
    if listens := child.listens:
        st.markdown(plain(str(_state(listens))))
        st.link_button(TRY, f"http://{LOCAL}:{listens.port}/")
        if st.button(STOP, key="form-stop", help=STOPS):
            with st.spinner(STOPPING), _noted(study, STOP, listens):
                child.stop()
            st.rerun()
        return
    host = str(st.selectbox(WHO, list(REACH), format_func=REACH.__getitem__, key="form-host"))
    starts = st.container()
    port = PORT if free(host) else _other_port()
    if starts.button(START, type="primary", key="form-start"):
        listen = Listen(host, port)
        with st.spinner(STARTING), _noted(study, START, listen):
            child.start(listen)
        st.rerun()


def free(host: str) -> bool:
    """Return whether the usual port can be opened."""
    try:
        check(Listen(host, PORT))
    except CollectError:
        return False
    return True


def _other_port() -> int:
    """Ask for another port where the usual one is taken."""
    with st.expander(TAKEN, expanded=True):
        return int(st.number_input(DOOR, 1024, 65535, PORT + 1, key="form-port"))


def switch(study: Study) -> None:
    """Draw the start or stop of the form folded, and its code where it has an address; for those who may."""
    if form.refused(study):
        return
    runs = form.form_of(study).listens is not None
    with st.expander(STOP if runs else START):
        left, right = st.columns(2, gap="medium")
        with left:
            start_box(study)
        if url := address_of(study):
            right.html(form_code(url))


def _state(listens: Listen) -> Sentence:
    return say("网上问卷：{reach}能打开。", reach=Name(REACH[listens.host].partition("（")[0]))


def _noted(study: Study, what: str, listen: Listen) -> AbstractContextManager[None]:
    return change(study.root, what, {"host": listen.host, "port": listen.port}, act=Act.SETTING)
