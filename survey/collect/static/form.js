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

  Outbox.start(config.study, (id, told) => {
    if (!now.draft || now.over || now.draft.view !== "sent") return;
    if (id === null || id === now.draft.id) {
      now.told = id === null ? now.told : told;
      again();
    }
  });
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
  now.draft = resumed();
  if (config.place && now.draft.view === "consent") now.draft.place = config.place.code;
  Session.keep();
  now.over = location.hash === "#withdraw" ? "withdraw" : Session.under();
  large();
  draw(true);
  Trail.start();
})();
