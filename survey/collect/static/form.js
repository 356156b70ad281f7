// The start: what was begun is gone on with, what waits is sent.
"use strict";

(() => {
  const { config, now, views, again, draw } = Session;

  const size = document.getElementById("size");
  const large = () => {
    const on = Boolean(Outbox.read("large"));
    document.documentElement.classList.toggle("large", on);
    size.setAttribute("aria-pressed", String(on));
  };
  size.addEventListener("click", () => { Outbox.write("large", !Outbox.read("large")); large(); });

  // An answer given in an earlier wave is no answer in this one.
  const resumed = () => {
    const kept = Outbox.read("draft");
    const usable = kept && typeof kept.id === "string" && kept.view in views && (!config.wave || kept.wave === config.wave);
    return usable ? kept : Session.blank();
  };

  // What keeps an answer from arriving is told to the server, once for each answer; the answer itself cannot reach it.
  const reported = [];
  const report = (id, status) => {
    if (reported.indexOf(id) >= 0) return;
    reported.push(id);
    fetch(config.health + "?put=" + status + "&id=" + id, { cache: "no-store" }).catch(() => {});
  };

  // Before the first question: do answers arrive, and are they taken now? Without a network nothing is said: the phone
  // keeps the answer. An answer of another server than ours means that a proxy leads it astray.
  const check = async () => {
    let response;
    let said = null;
    try {
      response = await fetch(config.check, { method: "PUT", cache: "no-store", body: config.interviewer ? config.interviewer.pass : "" });
      try { said = await response.json(); } catch (problem) { said = null; }
    } catch (problem) {
      return;
    }
    const ours = response.status === 200 && said && said.study === config.study;
    now.fault = !ours && Outbox.FAULTS.indexOf(response.status) >= 0 ? response.status : 0;
    now.slow = !ours && !now.fault;
    if (ours && !config.closed) config.closed = said.closed;
    if (now.fault) report(now.draft.id, now.fault);
    // Whoever withdraws an answer just now is left in peace.
    const free = [null, "fault", "closed"].indexOf(now.over) >= 0;
    const over = Session.under();
    if (free && (over !== now.over || (now.slow && now.draft.view === "consent"))) { now.over = over; draw(true); }
  };
  now.check = check;

  Outbox.start(config.study, (id, told) => {
    if (told.state === "fault") report(id, told.status);
    if (!now.draft || now.over || now.draft.view !== "sent") return;
    if (id === null || id === now.draft.id) {
      now.told = id === null ? now.told : told;
      again();
    }
  });
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(Session.address("sw.js")).catch(() => {});
  now.draft = resumed();
  if (config.place && now.draft.view === "consent") now.draft.place = config.place.code;
  Session.keep();
  now.over = location.hash === "#withdraw" ? "withdraw" : Session.under();
  large();
  draw(true);
  Trail.start();
  check();
})();
