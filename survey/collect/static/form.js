// The form: one screen after another, kept on the phone after every tap.
"use strict";

(() => {
  const { el } = Widgets;
  const config = JSON.parse(document.getElementById("config").textContent);
  const main = document.getElementById("main");
  const bar = document.getElementById("bar");
  const asked = Boolean(config.interviewer);
  let draft = null;
  let error = "";

  const blank = () => ({
    id: Outbox.uuid7(), started: Date.now(), screen: null, view: "consent", answers: {}, consent: {},
    place: config.place ? config.place.code : null,
  });
  const keep = () => Outbox.write("draft", draft);
  const device = () => {
    if (!Outbox.read("device")) Outbox.write("device", Outbox.uuid7());
    return Outbox.read("device");
  };

  const inputs = () => Array.from(main.querySelectorAll("input, textarea"));
  const mark = () => inputs().forEach((input) => {
    if (input.parentNode.classList.contains("option")) input.parentNode.classList.toggle("on", input.checked);
  });
  main.addEventListener("change", mark);

  const paint = (nodes, focus) => {
    const here = inputs().indexOf(document.activeElement);
    main.replaceChildren(...nodes.filter(Boolean));
    mark();
    if (!focus && here >= 0 && inputs()[here]) inputs()[here].focus({ preventScroll: true });
    if (focus) {
      window.scrollTo(0, 0);
      const head = main.querySelector("h1, h2");
      if (head) { head.tabIndex = -1; head.focus({ preventScroll: true }); }
    }
  };

  const button = (label, action, kind) => el("button", { type: "button", class: kind || "", onclick: action }, label);
  const buttons = (...all) => el("div", { class: "buttons" }, ...all.filter(Boolean));
  const problem = () => el("p", { class: "problem", role: "alert" }, error);
  const paragraphs = (pairs) => pairs.map(([head, text]) => el("div", { class: "clause" }, el("h3", {}, head), el("p", {}, text)));

  const view = (name, focus) => {
    if (draft) { draft.view = name; keep(); }
    if (focus !== false) error = "";
    bar.hidden = name !== "ask";
    document.querySelector("footer").hidden = name === "ask";
    VIEWS[name](focus !== false);
  };

  const step = (word) => {
    const text = draft.id + " " + word;
    if (!(navigator.sendBeacon && navigator.sendBeacon(config.step, text))) {
      fetch(config.step, { method: "POST", body: text, keepalive: true }).catch(() => {});
    }
  };

  // ---- consent -------------------------------------------------------------------------------------------------
  const consent = (focus) => {
    const said = draft.consent;
    const say = (key, value) => { said[key] = value; error = ""; keep(); consent(false); };
    const age = el("div", { class: "options", role: "radiogroup", "aria-label": "年龄" },
      Widgets.option("radio", "age", "已满 14 周岁", said.under14 === false, () => say("under14", false)),
      Widgets.option("radio", "age", "未满 14 周岁", said.under14 === true, () => say("under14", true)));
    paint([
      el("h1", {}, config.title), el("p", { class: "lead" }, config.description),
      config.place && el("p", { class: "place" }, "调查点：" + config.place.name),
      el("details", { class: "notice", open: !asked }, el("summary", {}, "填写前请您了解"), ...paragraphs(config.notice)),
      el("h2", {}, asked ? "受访者的年龄" : "您的年龄"), age, error && problem(),
      el("div", { class: "buttons stacked" }, button(asked ? "受访者同意，开始" : "我同意，开始填写", agree, "go"), button("不同意", () => { step("declined"); view("declined"); })),
      el("p", { class: "foot" }, el("a", { href: "#withdraw", onclick: () => view("withdraw") }, "已经交过？凭回执码撤回")),
    ], focus);
  };

  const agree = () => {
    const said = draft.consent;
    if (said.under14 === undefined) { error = "请先选择年龄"; view("consent", false); return; }
    said.agreed = true;
    said.notice = config.noticeId;
    step("consent");
    if (!said.under14) begin();
    else if (config.minors === "block") view("tooyoung");
    else view("guardian");
  };

  const guardian = (focus) => {
    const given = draft.consent.guardian || {};
    const say = (key, value) => {
      draft.consent.guardian = Object.assign({}, given, { [key]: value });
      error = "";
      keep();
      guardian(false);
    };
    const relations = ["父亲", "母亲", "其他监护人"];
    const confirm = () => {
      if (given.relation && given.agreed) begin();
      else { error = "请监护人选择与孩子的关系，并勾选同意"; guardian(false); }
    };
    paint([
      el("h1", {}, "请把手机交给监护人"),
      el("p", {}, "填写人未满 14 周岁。依照个人信息保护法，需要父母或者其他监护人看过上一页的说明并同意，孩子才能填写。答卷不记录孩子和监护人的姓名。"),
      el("h2", {}, "您是孩子的"),
      el("div", { class: "options", role: "radiogroup" }, ...relations.map((name) =>
        Widgets.option("radio", "relation", name, given.relation === name, () => say("relation", name)))),
      el("div", { class: "options" }, Widgets.option("checkbox", "agreed", "我是监护人，已看过说明，同意孩子填写", given.agreed === true, (on) => say("agreed", on))),
      error && problem(), buttons(button("监护人同意，开始填写", confirm, "go"), button("返回", () => view("consent"))),
    ], focus);
  };

  const begin = () => view(asked && !draft.place ? "where" : "ask");

  const where = (focus) => {
    const input = el("input", { class: "line", list: "places", placeholder: "输入社区名称或代码", autocomplete: "off", "aria-label": "调查点" });
    const pick = () => {
      const found = config.interviewer.places.find(([code, name]) => input.value.trim() === String(code) || input.value.trim() === name);
      if (!found) { error = "请从列表中选择调查点"; where(false); return; }
      draft.place = found[0];
      view("ask");
    };
    paint([
      el("h1", {}, "调查点"), el("p", {}, "访问员 " + config.interviewer.code + "，" + config.interviewer.mode), input,
      el("datalist", { id: "places" }, ...config.interviewer.places.map(([code, name]) => el("option", { value: name }, String(code)))),
      error && problem(), buttons(button("开始", pick, "go")),
    ], focus);
  };

  // ---- questions -----------------------------------------------------------------------------------------------
  const all = () => Rules.screens(Rules.shown(config, draft.answers, asked));
  const position = (screens) => Math.max(0, screens.findIndex((screen) => screen.key === draft.screen));

  const change = (name, value) => {
    if (value === undefined) delete draft.answers[name];
    else draft.answers[name] = value;
    error = "";
    keep();
  };

  const move = (by) => {
    const screens = all();
    const here = position(screens);
    error = by > 0 ? Rules.wrong(screens[here], draft.answers) : "";
    if (error) { ask(false); return; }
    if (here + by < 0) { view("consent"); return; }
    if (here + by >= screens.length) { view("check"); return; }
    const target = screens[here + by];
    if (target.question.page !== screens[here].question.page) step(target.question.name);
    draft.screen = target.key;
    keep();
    ask(true);
  };

  // A moment's pause, so that the eye sees what the finger chose.
  let moving = null;
  const onward = () => {
    clearTimeout(moving);
    const from = draft.screen;
    moving = setTimeout(() => { if (draft.view === "ask" && draft.screen === from) move(1); }, 150);
  };

  const ask = (focus) => {
    const screens = all();
    const here = position(screens);
    const screen = screens[here];
    const { question } = screen;
    draft.screen = screen.key;
    const head = screen.row === null ? question.title : question.rows.find((one) => one.name === screen.row).label;
    document.getElementById("done").style.width = (100 * here) / screens.length + "%";
    document.getElementById("count").textContent = "第 " + (here + 1) + " 题，共 " + screens.length + " 题";
    paint([
      screen.row === null ? el("p", { class: "section" }, config.pages[question.page]) : el("p", { class: "section long" }, question.title),
      el("h2", { id: "question" }, head, question.required ? el("span", { class: "must" }, "必答") : ""),
      question.note && screen.row === null && el("p", { class: "hint" }, question.note),
      Widgets.answer(screen, draft.answers, change, { next: onward, again: () => ask(false) }),
      error && problem(),
      el("div", { class: "buttons pinned" }, button("上一题", () => move(-1)), button("下一题", () => move(1), "go")),
    ], focus);
  };

  const check = (focus) => {
    const answered = Object.keys(Rules.keep(Rules.shown(config, draft.answers, asked), draft.answers)).length;
    paint([
      el("h1", {}, "填写完毕"), el("p", {}, "您回答了 " + answered + " 道题。提交以后不能修改，调查结束前可以凭回执码撤回。"),
      el("input", { id: "trap", name: "website", tabindex: "-1", autocomplete: "off", "aria-hidden": "true" }),
      buttons(button("提交", submit, "go"), button("返回检查", () => { draft.view = "ask"; view("ask"); })),
    ], focus);
  };

  const submit = () => {
    const answers = Rules.keep(Rules.shown(config, draft.answers, asked), draft.answers);
    const trap = document.getElementById("trap").value;
    const body = {
      id: draft.id, version: config.version, place: draft.place, started: draft.started,
      seconds: Math.max(0, Math.round((Date.now() - draft.started) / 1000)), device: device(), consent: draft.consent, answers,
    };
    if (trap) body.trap = trap;
    if (config.token) body.token = config.token;
    if (asked) body.pass = config.interviewer.pass;
    const sealed = { id: draft.id, url: config.put + draft.id, body: JSON.stringify(body) };
    Outbox.write("ended", config.ends.filter((end) => Rules.holds(end.when, answers)).map((end) => end.text)[0] || "");
    draft.view = "sent";
    keep();
    Outbox.seal(sealed);
    view("sent");
  };

  // ---- after ---------------------------------------------------------------------------------------------------
  let state = { state: "sending" };

  const sent = (focus) => {
    const mine = (Outbox.read("receipts") || []).find((one) => one.id === draft.id);
    if (mine) { thanks(mine.receipt, focus); return; }
    const refused = Outbox.read("refused");
    if (refused && refused.letter.id === draft.id) { rejected(refused, focus); return; }
    const count = Outbox.waiting().length;
    paint([
      el("h1", {}, state.state === "sending" ? "正在提交" : "已存在手机里，等待网络"),
      el("p", { "aria-live": "polite" }, state.state === "sending" ? "请稍候，不要关闭页面。" : "网络不好，稍后会自动再次提交（约 " + Math.round(state.wait || 1) + " 秒后）。答卷不会丢失，可以放心离开，下次打开本页会继续提交。"),
      count > 1 && el("p", {}, "等待提交的答卷：" + count + " 份"),
      buttons(button("立即重试", Outbox.retry, "go"), asked && button("先做下一份访问", again)),
    ], focus);
  };

  const thanks = (receipt, focus) => {
    paint([
      el("h1", {}, "已经收到"), el("p", {}, Outbox.read("ended") || config.thanks),
      el("p", { class: "label" }, "您的回执码"), el("p", { class: "receipt", id: "receipt" }, receipt),
      el("p", {}, "请截图或抄下。调查结束前，凭回执码可以撤回答卷。如果有人要求您按“标准答案”填写，可以向当地统计机构反映。"),
      el("div", { class: "buttons stacked" }, button(asked ? "下一份访问" : "家人也要填写，再填一份", again), button("撤回这份答卷", () => view("withdraw"))),
    ], focus);
  };

  const rejected = (refused, focus) => {
    const questions = refused.said.questions || [];
    const back = () => {
      Outbox.write("refused", undefined);
      draft.screen = (all().find((one) => questions.some((q) => q.question === one.question.name)) || { key: null }).key;
      view("ask");
    };
    paint([
      el("h1", {}, "没有收下"), el("p", { role: "alert" }, refused.said.message || "请重新填写"),
      el("ul", {}, ...questions.slice(0, 8).map((one) => el("li", {}, one.question + "：" + one.message))),
      buttons(questions.length > 0 && button("返回修改", back, "go"), button("重新开始", () => { Outbox.write("refused", undefined); again(); })),
    ], focus);
  };

  const again = () => {
    const place = asked ? draft.place : null;
    draft = blank();
    if (place) draft.place = place;
    history.replaceState(null, "", location.pathname + location.search);
    view("consent");
  };

  const withdraw = (focus) => {
    const receipts = Outbox.read("receipts") || [];
    const latest = receipts.length ? receipts[receipts.length - 1].receipt : "";
    const input = el("input", { class: "line", autocomplete: "off", "aria-label": "回执码", placeholder: "回执码", value: latest });
    const answer = el("p", { class: "problem", role: "alert" });
    const go = async () => {
      try {
        const response = await fetch(config.withdraw, { method: "POST", body: input.value });
        answer.textContent = (await response.json()).message;
      } catch (failure) { answer.textContent = "网络不好，请稍后再试"; }
    };
    paint([
      el("h1", {}, "撤回答卷"), el("p", {}, "输入提交时得到的回执码。撤回后答卷内容立即删除，不能恢复。"), input, answer,
      buttons(button("撤回", go, "go"), button("返回", () => { history.replaceState(null, "", location.pathname + location.search); view(draft.back || "consent"); })),
    ], focus);
  };

  const plain = (title, text) => (focus) => paint([el("h1", {}, title), el("p", {}, text), buttons(button("返回", () => view("consent")))], focus);

  const VIEWS = {
    consent, guardian, where, ask, check, sent, withdraw,
    declined: plain("感谢您", "您没有同意参加，没有记录任何答案。可以关闭页面。"),
    tooyoung: plain("谢谢你", "本调查不面向未满 14 周岁的未成年人，没有记录任何答案。"),
    closed: () => paint([el("h1", {}, config.title), el("p", { role: "alert" }, config.closed)], true),
  };

  // ---- start ---------------------------------------------------------------------------------------------------
  Outbox.start(config.study, (id, told) => {
    state = told;
    if (draft && draft.view === "sent" && draft.id === id) view("sent", false);
  });
  document.getElementById("size").addEventListener("click", () => {
    Outbox.write("large", !Outbox.read("large"));
    document.documentElement.classList.toggle("large", Boolean(Outbox.read("large")));
  });
  document.documentElement.classList.toggle("large", Boolean(Outbox.read("large")));
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
  draft = Outbox.read("draft") || blank();
  if (config.place && draft.view === "consent") draft.place = config.place.code;
  if (location.hash === "#withdraw") view("withdraw");
  else if (config.closed && draft.view !== "sent") view("closed");
  else view(draft.view in VIEWS && draft.view !== "withdraw" && draft.view !== "closed" ? draft.view : "consent");
})();
