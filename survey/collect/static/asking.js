// The questions, one screen after another, and sending them.
"use strict";

(() => {
  const { el } = Widgets;
  const { config, asked, now, views, keep, step, paint, button, buttons, problem, again, lead, fail, go } = Session;

  const shown = () => Rules.shown(config, now.draft.answers, asked);
  const all = () => Rules.screens(shown());
  const position = (screens) => Math.max(0, screens.findIndex((screen) => screen.key === now.draft.screen));

  const change = (name, value) => {
    if (value === undefined) delete now.draft.answers[name];
    else now.draft.answers[name] = value;
    now.error = "";
    keep();
  };

  const move = (by) => {
    const screens = all();
    const here = position(screens);
    const wrong = by > 0 ? Rules.wrong(screens[here], now.draft.answers) : "";
    if (wrong) { fail(wrong); return; }
    const target = screens[here + by];
    if (!target) { go(by < 0 ? "consent" : "check"); return; }
    if (target.question.page !== screens[here].question.page) step(target.question.name);
    go("ask", target.key);
  };

  // A moment's pause, so that the eye sees what the finger chose.
  let moving = null;
  const onward = () => {
    clearTimeout(moving);
    const from = now.draft.screen;
    moving = setTimeout(() => { if (now.draft.view === "ask" && !now.over && now.draft.screen === from) move(1); }, 150);
  };

  // The same screen again; after a tap on 其他 the finger is led to what has to be written.
  const repaint = (other) => {
    again();
    if (other) lead(document.querySelector(".comment textarea"));
  };

  // Why the other options are grey: the hint above them may be out of sight.
  const full = ({ question }) => {
    const chosen = now.draft.answers[question.name] || [];
    return question.most > 0 && chosen.length >= question.most &&
      el("p", { class: "hint", role: "status" }, "已选满 " + question.most + " 项，要换请先点掉一项");
  };

  views.ask = (focus) => {
    const screens = all();
    const here = position(screens);
    const screen = screens[here];
    const { question } = screen;
    now.draft.screen = screen.key;
    const row = screen.row === null ? null : question.rows.find((one) => one.name === screen.row);
    document.getElementById("done").style.width = (100 * here) / screens.length + "%";
    document.getElementById("count").textContent = "第 " + (here + 1) + " 题，共 " + screens.length + " 题";
    paint([
      row ? el("p", { class: "section long", id: "matter" }, question.title) : el("p", { class: "section" }, config.pages[question.page]),
      el("h1", { id: "question" }, row ? row.label : question.title, question.required ? el("span", { class: "must" }, "必答") : ""),
      question.note && !row && el("p", { class: "hint" }, question.note),
      Widgets.answer(screen, now.draft.answers, change, { next: onward, again: repaint }),
      el("div", { class: "buttons pinned" }, problem() || full(screen) || "", button("上一题", () => move(-1)), button("下一题", () => move(1), "go")),
    ], focus);
  };

  views.check = (focus) => {
    const answered = Object.keys(Rules.keep(shown(), now.draft.answers)).filter((name) => name.indexOf(Rules.COMMENT) < 0).length;
    paint([
      el("h1", {}, "填写完毕"), el("p", {}, "您回答了 " + answered + " 道题。提交以后不能修改，调查结束前可以凭回执码撤回。"),
      el("input", { id: "trap", name: "more-notes", tabindex: "-1", autocomplete: "off", "aria-hidden": "true" }),
      buttons(button("提交", submit, "go"), button("返回检查", () => go("ask"))),
    ], focus);
  };

  const submit = () => {
    const { draft } = now;
    const answers = Rules.keep(shown(), draft.answers);
    const trap = document.getElementById("trap").value;
    const body = {
      id: draft.id, version: config.version, place: draft.place, started: draft.started,
      seconds: Math.max(0, Math.round((Date.now() - draft.started) / 1000)), device: Session.device(), consent: draft.consent, answers,
    };
    if (trap) body.trap = trap;
    if (config.token) body.token = config.token;
    if (asked) body.pass = config.interviewer.pass;
    draft.ended = config.ends.filter((end) => Rules.holds(end.when, answers)).map((end) => end.text)[0] || "";
    now.told = { state: "sending" };
    draft.view = "sent";
    keep();
    Outbox.seal({ id: draft.id, url: Session.address(config.put + draft.id), body: JSON.stringify(body), by: asked ? config.interviewer.code : "" });
    go("sent");
  };
})();
