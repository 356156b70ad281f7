// The search box in the bar: "/" or Ctrl+K opens it, the arrows choose, Enter follows the link.
(() => {
  const MOST = 12;
  const box = () => document.querySelector(".silu-find");
  const narrow = (text) => text.normalize("NFKC").toLowerCase();
  const typing = (element) => element.closest?.("input, textarea, select, [contenteditable=true]");
  let known = "", entries = [];

  function load(found) {
    if (found.dataset.index !== known) {
      known = found.dataset.index;
      entries = JSON.parse(known).map((one) => ({ title: one[0], kind: one[1], href: one[2],
        name: narrow(one[0]), words: narrow(one.join(" ")) }));
    }
    return entries;
  }

  function kept(found, href) {
    const [path, query = ""] = href.split("?");
    const own = new URLSearchParams(query), here = new URLSearchParams(window.location.search);
    if (!own.has("_own")) {
      for (const name of found.dataset.keep.split(",")) if (here.has(name) && !own.has(name)) own.set(name, here.get(name));
    }
    own.delete("_own");
    return own.size ? `${path}?${own}` : path;
  }

  function matching(all, typed) {
    const parts = narrow(typed).split(/\s+/).filter(Boolean);
    if (!parts.length) return [];
    const rank = (one) => (one.name === parts[0] ? 0 : one.name.startsWith(parts[0]) ? 1 : one.name.includes(parts[0]) ? 2 : 3);
    return all.filter((one) => parts.every((part) => one.words.includes(part)))
      .map((one, at) => [rank(one), at, one]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((each) => each[2]);
  }

  function list(found) {
    const typed = found.querySelector(".silu-find-input").value;
    const hits = matching(load(found), typed);
    const place = found.querySelector(".silu-find-list");
    place.replaceChildren(...hits.slice(0, MOST).map((one) => {
      const line = document.createElement("li"), link = document.createElement("a");
      const title = document.createElement("span"), kind = document.createElement("small");
      title.textContent = one.title;
      kind.textContent = one.kind;
      link.href = kept(found, one.href);
      link.append(title, kind);
      line.append(link);
      return line;
    }));
    const more = hits.length > MOST ? `${hits.length} 项，先列 ${MOST} 项` : `${hits.length} 项`;
    found.querySelector(".silu-find-state").textContent = !typed.trim() ? "" : hits.length ? more : found.dataset.nothing;
  }

  function open() {
    const found = box(), shown = found?.querySelector("dialog");
    if (!shown || shown.open) return Boolean(shown);
    shown.showModal();
    const input = found.querySelector(".silu-find-input");
    input.select();
    list(found);
    return true;
  }

  function move(found, step) {
    const stops = [found.querySelector(".silu-find-input"), ...found.querySelectorAll(".silu-find-list a")];
    stops.at((stops.indexOf(document.activeElement) + step + stops.length) % stops.length).focus();
  }

  document.addEventListener("keydown", (event) => {
    const wanted = event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (wanted || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
      if (open()) event.preventDefault();
      return;
    }
    const found = event.target.closest?.(".silu-find");
    if (!found?.querySelector("dialog").open || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      move(found, event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
    } else if (event.key === "Escape") {
      found.querySelector("dialog").close();
      event.preventDefault();
    } else if (event.key === "Enter" && event.target.matches(".silu-find-input")) {
      found.querySelector(".silu-find-list a")?.click();
    }
    event.stopPropagation();
  }, true);
  document.addEventListener("input", (event) => {
    if (event.target.matches?.(".silu-find-input")) list(event.target.closest(".silu-find"));
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".silu-find-open")) open();
    else if (event.target.matches?.("dialog.silu-find-window")) event.target.close();
  });
})();
