// Before the questions: what the resident should know, consent, the guardian's consent, the interviewer's place.
"use strict";

(() => {
  const { el } = Widgets;
  const { config, asked, now, views, keep, step, paint, button, buttons, stacked, problem, again, fail, go, over } = Session;
  const MOST = 8;
  const paragraphs = (pairs) => pairs.map(([head, text]) => el("div", { class: "clause" }, el("h2", {}, head), el("p", {}, text)));

  const unsent = () => {
    const count = Outbox.listed("refused").length;
    return count > 0 && button("没有收下的答卷：" + count + " 份", () => over("refusals"));
  };

  views.consent = (focus) => {
    const said = now.draft.consent;
    const say = (value) => { said.under14 = value; now.error = ""; keep(); again(); };
    const age = el("div", { class: "options", role: "radiogroup", "aria-labelledby": "age" },
      Widgets.option("radio", "age", "已满 14 周岁", said.under14 === false, () => say(false)),
      Widgets.option("radio", "age", "未满 14 周岁", said.under14 === true, () => say(true)));
    paint([
      el("h1", {}, config.title), el("p", { class: "lead" }, config.description),
      config.place && el("p", { class: "place" }, "调查点：" + config.place.name),
      now.slow && el("p", { class: "problem", role: "alert" }, "问卷服务器现在没有回应。可以先填写：答卷会存在这部手机里，恢复以后自动提交。"),
      !Outbox.lasting() && el("p", { class: "problem" }, "这部手机现在不能暂存答案，请一次填完，提交成功以前不要关闭页面。"),
      el("details", { class: "notice", open: !asked }, el("summary", {}, "填写前请您了解"), ...paragraphs(config.notice)),
      el("h2", { id: "age" }, asked ? "受访者的年龄" : "您的年龄"), age, problem(),
      stacked(
        button(asked ? "受访者同意，开始" : "我同意，开始填写", agree, "go"),
        button("不同意", () => { step("declined"); go("declined"); }),
        button("已经交过？凭回执码撤回", () => over("withdraw"), "quiet"), unsent()),
    ], focus);
  };

  const agree = () => {
    const said = now.draft.consent;
    if (said.under14 === undefined) { fail("请先选择年龄"); return; }
    if (said.under14 && config.minors === "block") { go("tooyoung"); return; }
    said.agreed = true;
    said.notice = config.noticeId;
    step("consent");
    if (said.under14) go("guardian");
    else begin();
  };

  views.guardian = (focus) => {
    const given = now.draft.consent.guardian || {};
    const say = (key, value) => {
      now.draft.consent.guardian = Object.assign({}, given, { [key]: value });
      now.error = "";
      keep();
      again();
    };
    const confirm = () => {
      if (given.relation && given.agreed) begin();
      else fail("请监护人选择与孩子的关系，并勾选同意");
    };
    paint([
      el("h1", {}, "请把手机交给监护人"),
      el("p", {}, "填写人未满 14 周岁。依照个人信息保护法，需要父母或者其他监护人看过上一页的说明并同意，孩子才能填写。答卷不记录孩子和监护人的姓名。"),
      el("h2", { id: "relation" }, "您是孩子的"),
      el("div", { class: "options", role: "radiogroup", "aria-labelledby": "relation" }, ...["父亲", "母亲", "其他监护人"].map((name) =>
        Widgets.option("radio", "relation", name, given.relation === name, () => say("relation", name)))),
      el("div", { class: "options" }, Widgets.option("checkbox", "agreed", "我是监护人，已看过说明，同意孩子填写", given.agreed === true, (on) => say("agreed", on))),
      problem(), buttons(button("监护人同意，开始填写", confirm, "go"), button("返回", () => go("consent"))),
    ], focus);
  };

  const begin = () => go(asked && !now.draft.place ? "where" : "ask");

  views.where = (focus) => {
    const { code, mode, places } = config.interviewer;
    // Not a datalist: the browser inside WeChat often shows none.
    const matches = () => {
      const text = input.value.trim();
      const exact = places.filter(([number, name]) => text === String(number) || text === name);
      return exact.length || !text ? exact : places.filter(([number, name]) => name.indexOf(text) >= 0 || String(number).indexOf(text) === 0);
    };
    const take = (number) => { now.draft.place = number; go("ask"); };
    const offer = () => {
      now.sought = input.value;
      while (list.firstChild) list.removeChild(list.firstChild);
      matches().slice(0, MOST).forEach(([number, name]) => list.appendChild(button(name, () => take(number))));
    };
    const input = el("input", { class: "line", placeholder: "输入社区名称或代码", autocomplete: "off", "aria-label": "调查点", value: now.sought, oninput: offer });
    const list = el("div", { class: "buttons stacked", "aria-live": "polite" });
    const pick = () => {
      const found = matches();
      if (found.length === 1) take(found[0][0]);
      else fail("请从列表中选择调查点");
    };
    paint([
      el("h1", {}, "调查点"), el("p", {}, "访问员 " + code + "，" + mode), input, list,
      problem(), buttons(button("开始", pick, "go"), button("返回", () => go("consent"))),
    ], focus);
    offer();
  };

  const plain = (title, text) => (focus) => paint([el("h1", {}, title), el("p", {}, text), buttons(button("返回", () => go("consent")))], focus);

  views.declined = plain("感谢您", "您没有同意参加，没有记录任何答案。可以关闭页面。");
  views.tooyoung = plain("谢谢你", "本调查不面向未满 14 周岁的未成年人，没有记录任何答案。");
  views.fault = (focus) => paint([
    el("h1", {}, "现在收不到答卷"),
    el("p", { class: "problem", role: "alert" }, "这份问卷的网址设置有误，提交的答卷会被退回（返回 " + now.fault + "）。这不是您的手机或网络的问题。"),
    el("p", {}, "请先不要填写，并把上面这句话告诉" + Session.whom() + "。"),
    stacked(button("再试一次", now.check, "go"), unsent()),
  ], focus);
  views.closed = (focus) => paint([
    el("h1", {}, config.title), el("p", { role: "alert" }, config.closed),
    stacked(button("已经交过？凭回执码撤回", () => over("withdraw"), "quiet"), unsent()),
  ], focus);
})();
