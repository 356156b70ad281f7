// After the last question: on its way, receipt, refusal, withdrawal.
"use strict";

(() => {
  const { el } = Widgets;
  const { config, asked, now, views, keep, paint, button, buttons, stacked, arrive, go, over, back, restart } = Session;
  // Another try cannot change these.
  const FINAL = ["different", "withdrawn", "spent", "expired", "revoked"];

  views.sent = (focus) => {
    const { draft, told } = now;
    const refused = Outbox.listed("refused").find((one) => one.letter.id === draft.id);
    const mine = Outbox.listed("receipts").find((one) => one.id === draft.id);
    if (refused && !Outbox.waiting().some((one) => one.id === draft.id)) { rejected(refused, mine, focus); return; }
    if (mine) { thanks(mine.receipt, focus); return; }
    const count = Outbox.waiting().length;
    const stay = Outbox.lasting() ? "可以放心离开，下次打开本页会继续提交。" : "请不要关闭页面。";
    const sending = told.state === "sending";
    if (told.state === "fault") { undelivered(told.status, focus); return; }
    paint([
      el("h1", {}, sending ? "正在提交" : "已存在手机里，等待网络"),
      el("p", { "aria-live": "polite" }, sending ? "请稍候，不要关闭页面。" : "网络不好，稍后会自动再次提交（约 " + Math.round(told.wait || 1) + " 秒后）。答卷不会丢失，" + stay),
      count > 1 && el("p", {}, "等待提交的答卷：" + count + " 份"),
      stacked(!sending && button("立即重试", Outbox.retry, "go"), asked && button("先做下一份访问", restart)),
    ], focus);
  };

  // The address or the proxy is wrong, and every phone meets the same: who runs the survey has to know.
  const undelivered = (status, focus) => paint([
    el("h1", {}, "还没有交上"),
    el("p", { class: "problem", role: "alert" }, "问卷的网址设置有误，答卷送不到服务器（返回 " + status + "）。这不是您的手机或网络的问题。"),
    el("p", {}, "请把上面这句话告诉" + Session.whom() + "。"),
    el("p", {}, Outbox.lasting() ? "答卷已存在这部手机里，请不要清除浏览器的数据；网址改好以后，再打开本页会自动提交。" : "这部手机不能暂存答案，请不要关闭页面。"),
    stacked(button("再试一次", Outbox.retry, "go"), asked && button("先做下一份访问", restart)),
  ], focus);

  // A single-use invitation is for one person only.
  const another = () => {
    if (asked) return button("下一份访问", restart);
    return !config.token && button("家人也要填写，再填一份", restart);
  };

  // Whoever holds the phone next finds the receipt and not the answers.
  const thanks = (receipt, focus) => {
    now.draft.answers = {};
    keep();
    paint([
      el("h1", {}, "已经收到"), el("p", {}, now.draft.ended || config.thanks),
      el("p", { class: "label" }, "您的回执码"), el("p", { class: "receipt", id: "receipt" }, receipt),
      el("p", {}, "请截图或抄下。调查结束前，凭回执码可以撤回答卷。如果有人要求您按“标准答案”填写，可以向当地统计机构反映。"),
      stacked(another(), button("撤回这份答卷", () => over("withdraw"))),
    ], focus);
  };

  const forget = (refused) => Outbox.remove("refused", (one) => one.letter.id === refused.letter.id);

  const titled = (name) => {
    const question = config.questions.find((one) => one.name === name);
    return question ? question.title : name;
  };

  // An interviewer's answer goes with the link that is open now, where it is their own: the old one may have ended.
  const resend = (refused) => {
    const letter = Object.assign({}, refused.letter);
    if (asked && letter.by === config.interviewer.code) {
      letter.body = JSON.stringify(Object.assign(JSON.parse(letter.body), { pass: config.interviewer.pass }));
    }
    now.told = { state: "sending" };
    Outbox.seal(letter);
  };

  const rejected = (refused, mine, focus) => {
    const questions = refused.said.questions || [];
    const mend = () => {
      forget(refused);
      const first = Rules.screens(Rules.shown(config, now.draft.answers, asked)).find((one) => questions.some((q) => q.question === one.question.name));
      if (first) go("ask", first.key);
      else go("consent");
    };
    const repeat = () => { resend(refused); arrive(); };
    paint([
      el("h1", {}, "没有收下"), el("p", { role: "alert" }, refused.said.message || "请重新填写"),
      el("ul", {}, ...questions.slice(0, 8).map((one) => el("li", {}, titled(one.question) + " " + one.message))),
      mine && el("p", { class: "label" }, "已经收到的那一份的回执码"), mine && el("p", { class: "receipt", id: "receipt" }, mine.receipt),
      stacked(
        questions.length > 0 && button("返回修改", mend, "go"),
        questions.length === 0 && FINAL.indexOf(refused.said.error) < 0 && button("再次提交", repeat, "go"),
        button(mine ? "家人也要填写，再填一份" : "放弃这一份，重新开始", () => { forget(refused); restart(); })),
    ], focus);
  };

  // Answers of other interviews that were refused later, such as those an interviewer took without a network.
  views.refusals = (focus) => {
    const all = Outbox.listed("refused");
    const card = (refused) => el("div", { class: "notice" },
      el("p", {}, new Date(JSON.parse(refused.letter.body).started).toLocaleString("zh-CN") + " 开始的一份"),
      el("p", { class: "problem" }, refused.said.message || ""),
      el("ul", {}, ...(refused.said.questions || []).slice(0, 8).map((one) => el("li", {}, titled(one.question) + " " + one.message))),
      buttons(
        button("再次提交", () => { resend(refused); arrive(); }),
        button("从手机删除", () => { if (window.confirm("删除以后不能恢复。确定删除？")) { forget(refused); arrive(); } })));
    paint([
      el("h1", {}, all.length ? "没有收下的答卷" : "没有等待处理的答卷"),
      ...all.map(card), buttons(button("返回", back)),
    ], focus);
  };

  views.withdraw = (focus) => {
    const receipts = Outbox.listed("receipts");
    const latest = receipts.length ? receipts[receipts.length - 1].receipt : "";
    const input = el("input", { class: "line", autocomplete: "off", "aria-label": "回执码", placeholder: "回执码", value: latest });
    const answer = el("p", { class: "problem", role: "alert" });
    const take = async () => {
      answer.textContent = "";
      try {
        const response = await fetch(config.withdraw, { method: "POST", body: input.value });
        const said = await response.json();
        if (response.status === 200) withdrawn(input.value);
        else answer.textContent = said.message;
      } catch (failure) { answer.textContent = "网络不好，请稍后再试"; }
    };
    paint([
      el("h1", {}, "撤回答卷"), el("p", {}, "输入提交时得到的回执码。撤回后答卷内容立即删除，不能恢复。"), input, answer,
      buttons(button("撤回", take, "go"), button("返回", back)),
    ], focus);
  };

  const withdrawn = (code) => {
    const same = (one) => one.receipt === code.replace(/\s/g, "").toUpperCase();
    const gone = Outbox.listed("receipts").find(same);
    Outbox.remove("receipts", same);
    if (gone && gone.id === now.draft.id) now.draft = Session.blank();
    over("gone");
  };

  views.gone = (focus) => paint([
    el("h1", {}, "答卷已撤回"), el("p", { role: "status" }, "内容已经删除，以后的统计不再使用。可以关闭页面。"), buttons(button("返回", back)),
  ], focus);
})();
