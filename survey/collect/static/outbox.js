// The outbox: a finished questionnaire stays on the phone until the server has answered with its own id.
// localStorage is the copy that counts; IndexedDB holds another one for the service worker, which sends when the page is shut.
"use strict";

const Outbox = (() => {
  // What proxies say to a PUT that they do not let through: a fault of the set-up, and none of the phone or the network.
  const FAULTS = [403, 404, 405, 501];
  const WAITS = [1, 2, 4, 8, 15, 30, 60];
  const TIMEOUT = 15000;
  const unsaved = {};
  let prefix = "silu";
  let timer = null;
  let tries = 0;
  let busy = false;
  let listener = () => {};

  // What storage refused (private mode, a full disk) is kept here until the page is closed, and counts more than
  // the older value that storage still has. Everything else is read from storage, for another tab may have written.
  const read = (key) => {
    if (key in unsaved) return unsaved[key];
    try {
      const text = localStorage.getItem(prefix + ":" + key);
      return text === null ? undefined : JSON.parse(text);
    } catch (problem) {
      return undefined;
    }
  };

  const write = (key, value) => {
    try {
      if (value === undefined) localStorage.removeItem(prefix + ":" + key);
      else localStorage.setItem(prefix + ":" + key, JSON.stringify(value));
      delete unsaved[key];
    } catch (problem) {
      unsaved[key] = value;
    }
  };

  const listed = (key) => (Array.isArray(read(key)) ? read(key) : []);
  const add = (key, entry, most) => write(key, listed(key).concat([entry]).slice(-most));
  const remove = (key, matches) => write(key, listed(key).filter((one) => !matches(one)));

  // Whether what is written outlasts the page.
  const lasting = () => Object.keys(unsaved).length === 0;

  const random = () => {
    const bytes = new Uint8Array(16);
    try {
      return crypto.getRandomValues(bytes);
    } catch (problem) {
      return bytes.map(() => Math.floor(Math.random() * 256));
    }
  };

  const uuid7 = () => {
    const bytes = random();
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

  const waiting = () => listed("outbox");

  const seal = (letter) => {
    remove("refused", (one) => one.letter.id === letter.id);
    write("outbox", waiting().filter((one) => one.id !== letter.id).concat([letter]));
    forWorker((store) => store.put(letter));
    flush();
  };

  const drop = (id) => {
    write("outbox", waiting().filter((one) => one.id !== id));
    forWorker((store) => store.delete(id));
  };

  const put = async (letter) => {
    const stop = typeof AbortController === "function" ? new AbortController() : null;
    const sending = { method: "PUT", body: letter.body, cache: "no-store", headers: { "content-type": "application/json" } };
    if (stop) sending.signal = stop.signal;
    let limit;
    const late = new Promise((resolve, reject) => {
      limit = setTimeout(() => { if (stop) stop.abort(); reject(new Error("late")); }, TIMEOUT);
    });
    try {
      const response = await Promise.race([fetch(letter.url, sending), late]);
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
    const strange = !said || typeof said !== "object" || !said.error;
    if (answer.status === 404 || answer.status === 405 || (strange && FAULTS.indexOf(answer.status) >= 0)) {
      return { state: "fault", status: answer.status };
    }
    if (!said || typeof said !== "object") return { state: "again" };
    if ((answer.status === 200 || answer.status === 201) && said.id === letter.id && said.receipt) {
      return { state: "stored", receipt: said.receipt };
    }
    if (answer.status === 409 && said.id === letter.id) return { state: "refused", said };
    const final = [400, 403, 410, 413, 422].indexOf(answer.status) >= 0 && Boolean(said.error);
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
      remove("receipts", (one) => one.id === letter.id);
      add("receipts", { receipt: result.receipt, id: letter.id }, 50);
      drop(letter.id);
    } else if (result.state === "refused") {
      remove("refused", (one) => one.letter.id === letter.id);
      add("refused", { letter, said: result.said }, 50);
      drop(letter.id);
    }
    return result;
  };

  const flush = async () => {
    if (busy) return;
    busy = true;
    clearTimeout(timer);
    let pause = 0;
    const tried = [];
    try {
      for (;;) {
        const letter = waiting().find((one) => tried.indexOf(one.id) < 0);
        if (!letter) break;
        tried.push(letter.id);
        listener(letter.id, { state: "sending" });
        const result = await send(letter);
        if (result.state === "again" || result.state === "fault") pause = Math.max(pause, result.after || 0, WAITS[Math.min(tries, WAITS.length - 1)]);
        else tries = 0;
        listener(letter.id, Object.assign({ wait: pause }, result));
      }
    } finally {
      busy = false;
    }
    if (pause) {
      tries += 1;
      timer = setTimeout(flush, pause * 1000 * (0.8 + 0.4 * Math.random()));
    }
  };

  const start = (name, told) => {
    prefix = "silu:" + name;
    listener = told;
    // Another tab may have sent it meanwhile.
    window.addEventListener("storage", () => listener(null, {}));
    window.addEventListener("online", () => { tries = 0; flush(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden && waiting().length) flush(); });
    if (waiting().length) flush();
  };

  const retry = () => { tries = 0; flush(); };

  return { FAULTS, start, read, write, listed, remove, lasting, uuid7, seal, waiting, retry };
})();
