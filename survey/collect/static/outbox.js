// The outbox: a finished questionnaire stays on the phone until the server has answered with its own id.
// localStorage is the copy that counts; IndexedDB holds another one for the service worker, which sends when the page is shut.
"use strict";

const Outbox = (() => {
  const WAITS = [1, 2, 4, 8, 15, 30, 60];
  const TIMEOUT = 15000;
  const memory = {};
  let prefix = "silu";
  let timer = null;
  let tries = 0;
  let busy = false;
  let listener = () => {};

  const read = (key) => {
    try {
      const text = localStorage.getItem(prefix + ":" + key);
      return text === null ? memory[key] : JSON.parse(text);
    } catch (problem) {
      return memory[key];
    }
  };

  const write = (key, value) => {
    memory[key] = value;
    try {
      if (value === undefined) localStorage.removeItem(prefix + ":" + key);
      else localStorage.setItem(prefix + ":" + key, JSON.stringify(value));
    } catch (problem) {
      // Private mode or a full disk: the copy in memory serves until the page is closed.
    }
  };

  const uuid7 = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let now = Date.now();
    for (let place = 5; place >= 0; place -= 1) {
      bytes[place] = now % 256;
      now = Math.floor(now / 256);
    }
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };

  const database = () => new Promise((resolve, reject) => {
    const opening = indexedDB.open("silu", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("outbox", { keyPath: "id" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });

  const forWorker = async (work) => {
    try {
      const open = await database();
      work(open.transaction("outbox", "readwrite").objectStore("outbox"));
      const ready = "serviceWorker" in navigator ? await navigator.serviceWorker.ready : null;
      if (ready && ready.sync) await ready.sync.register("silu-outbox");
    } catch (problem) {
      // Without IndexedDB or background sync the open page sends all the same.
    }
  };

  const waiting = () => read("outbox") || [];

  const seal = (letter) => {
    write("outbox", waiting().filter((one) => one.id !== letter.id).concat([letter]));
    forWorker((store) => store.put(letter));
    flush();
  };

  const drop = (id) => {
    write("outbox", waiting().filter((one) => one.id !== id));
    forWorker((store) => store.delete(id));
  };

  const put = async (letter) => {
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), TIMEOUT);
    try {
      const response = await fetch(letter.url, {
        method: "PUT", body: letter.body, signal: stop.signal, cache: "no-store",
        headers: { "content-type": "application/json" },
      });
      let said = null;
      try { said = await response.json(); } catch (problem) { said = null; }
      return { status: response.status, said, after: Number(response.headers.get("retry-after")) || 0 };
    } finally {
      clearTimeout(limit);
    }
  };

  // What an answer means. A gateway's friendly 200 page is no receipt: only our JSON with our id is.
  const meaning = (letter, answer) => {
    const said = answer.said;
    if (!said || typeof said !== "object") return { state: "again" };
    if ((answer.status === 200 || answer.status === 201) && said.id === letter.id && said.receipt) {
      return { state: "stored", receipt: said.receipt };
    }
    if (answer.status === 409 && said.id === letter.id) return { state: "refused", said };
    const final = [400, 403, 404, 410, 413, 422].indexOf(answer.status) >= 0 && Boolean(said.error);
    return final ? { state: "refused", said } : { state: "again", after: answer.after };
  };

  const send = async (letter) => {
    let result;
    try {
      result = meaning(letter, await put(letter));
    } catch (problem) {
      result = { state: "again" };
    }
    if (result.state === "stored") {
      write("receipts", (read("receipts") || []).concat([{ receipt: result.receipt, id: letter.id }]).slice(-50));
      drop(letter.id);
    } else if (result.state === "refused") {
      drop(letter.id);
      write("refused", { letter, said: result.said });
    }
    return result;
  };

  const flush = async () => {
    if (busy) return;
    busy = true;
    clearTimeout(timer);
    let pause = 0;
    const tried = [];
    for (;;) {
      const letter = waiting().find((one) => tried.indexOf(one.id) < 0);
      if (!letter) break;
      tried.push(letter.id);
      listener(letter.id, { state: "sending" });
      const result = await send(letter);
      if (result.state === "again") pause = Math.max(pause, result.after || 0, WAITS[Math.min(tries, WAITS.length - 1)]);
      else tries = 0;
      listener(letter.id, Object.assign({ wait: pause }, result));
    }
    busy = false;
    if (pause) {
      tries += 1;
      timer = setTimeout(flush, pause * 1000 * (0.8 + 0.4 * Math.random()));
    }
  };

  const start = (name, told) => {
    prefix = "silu:" + name;
    listener = told;
    window.addEventListener("online", () => { tries = 0; flush(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden && waiting().length) flush(); });
    if (waiting().length) flush();
  };

  const retry = () => { tries = 0; flush(); };

  return { start, read, write, uuid7, seal, waiting, retry };
})();
