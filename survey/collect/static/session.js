// The interview on this phone: its draft, kept after every tap, and the screen that is shown.
"use strict";

const Session = (() => {
  const { el } = Widgets;
  const config = JSON.parse(document.getElementById("config").textContent);
  const main = document.getElementById("main");
  const asked = Boolean(config.interviewer);
  const now = { draft: null, over: null, error: "", sought: "", told: { state: "sending" }, fault: 0, slow: false };
  const views = {};

  const blank = () => ({
    id: Outbox.uuid7(), wave: config.wave, started: Date.now(), screen: null, view: "consent", answers: {}, consent: {},
    place: config.place ? config.place.code : null,
  });
  const keep = () => Outbox.write("draft", now.draft);

  const device = () => {
    if (!Outbox.read("device")) Outbox.write("device", Outbox.uuid7());
    return Outbox.read("device");
  };

  // How far someone has come: counted for the live page, never waited for.
  const step = (word) => {
    const text = now.draft.id + " " + word;
    if (!(navigator.sendBeacon && navigator.sendBeacon(config.step, text))) {
      fetch(config.step, { method: "POST", body: text, keepalive: true }).catch(() => {});
    }
  };

  const whom = () => (config.contact ? "调查的组织者（" + config.contact + "）" : "给您二维码或链接的单位");

  // Where something of ours lies: beside this page, under whatever path a proxy offers it.
  const address = (name) => new URL(name, location.href).href;

  const inputs = () => Array.from(main.querySelectorAll("input, textarea"));
  const mark = () => inputs().forEach((input) => {
    if (input.parentNode.classList.contains("option")) input.parentNode.classList.toggle("on", input.checked);
  });
  main.addEventListener("change", mark);

  const paint = (nodes, focus) => {
    const here = inputs().indexOf(document.activeElement);
    while (main.firstChild) main.removeChild(main.firstChild);
    nodes.filter(Boolean).forEach((node) => main.appendChild(node));
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
  const stacked = (...all) => el("div", { class: "buttons stacked" }, ...all.filter(Boolean));
  const problem = () => now.error && el("p", { class: "problem", role: "alert" }, now.error);

  const draw = (focus) => {
    const view = now.over || now.draft.view;
    document.getElementById("bar").hidden = view !== "ask";
    document.querySelector("footer").hidden = view === "ask";
    views[view](focus);
  };

  // The same screen again: something was ticked, or is wrong.
  const again = () => draw(false);

  // Into view by hand: old browsers know no scroll padding, and the bars above and below cover what they scroll to.
  const lead = (node) => {
    if (!node) return;
    node.focus({ preventScroll: true });
    const { top, bottom } = node.getBoundingClientRect();
    if (top < 80 || bottom > window.innerHeight - 140) window.scrollBy(0, top - window.innerHeight / 3);
  };
  const fail = (text) => {
    now.error = text;
    again();
    lead(main.querySelector(".comment textarea") || inputs()[0]);
  };

  const arrive = () => { now.error = ""; keep(); draw(true); };

  const go = (view, screen) => {
    now.draft.view = view;
    now.over = under();
    if (screen !== undefined) now.draft.screen = screen;
    arrive();
    Trail.push();
  };

  // A screen that lies over the interview and leaves it as it is. A form that reaches nobody and closed hours lie over
  // all but a sent answer.
  const under = () => {
    if (now.draft.view === "sent") return null;
    if (now.fault) return "fault";
    return config.closed ? "closed" : null;
  };
  const over = (view) => { now.over = view; arrive(); Trail.push(); };
  const back = () => { now.over = under(); arrive(); Trail.replace(); };

  const restart = () => {
    const place = asked ? now.draft.place : null;
    now.draft = blank();
    if (place) now.draft.place = place;
    go("consent");
  };

  return { config, asked, now, views, address, whom, blank, keep, device, step, paint, button, buttons, stacked, problem, again, lead, fail, arrive, draw, go, over, under, back, restart };
})();
