// Service worker: the form opens without a network, and what waits in the outbox is sent when the network is back.
"use strict";

const CACHE = "silu-form-3";
const OWN = "silu-form-";
const PATIENCE = 4000;
const OURS = ["p", "t", "k"];

// A page is kept by place, invitation and pass; what a messenger adds to the address does not matter. A page of another
// place is never shown instead, however slow the network: its answers would count for the wrong place.
const key = (address) => {
  const url = new URL(address);
  const query = OURS.map((name) => (url.searchParams.has(name) ? name + "=" + encodeURIComponent(url.searchParams.get(name)) : ""));
  return url.origin + url.pathname + "?" + query.filter(Boolean).join("&");
};

// The page that brought the worker is kept at once: the network may be gone before the second visit.
const first = async () => {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const cache = await caches.open(CACHE);
  await Promise.all(pages.map((one) => fetch(one.url).then((response) => response.ok && cache.put(key(one.url), response)).catch(() => null)));
  await self.skipWaiting();
};

self.addEventListener("install", (event) => { event.waitUntil(first()); });
self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name.indexOf(OWN) === 0 && name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});

const fresh = async (request) => {
  const response = await fetch(request);
  if (response.ok) (await caches.open(CACHE)).put(key(request.url), response.clone());
  return response;
};

const slow = () => new Promise((resolve) => { setTimeout(() => resolve(null), PATIENCE); });

const page = async (request) => {
  const kept = await (await caches.open(CACHE)).match(key(request.url));
  if (!kept) return fresh(request);
  const soon = await Promise.race([fresh(request).catch(() => null), slow()]);
  return soon && soon.ok ? soon : kept;
};

self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
});

const database = () => new Promise((resolve, reject) => {
  const opening = indexedDB.open("silu", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("outbox", { keyPath: "id" });
  opening.onsuccess = () => resolve(opening.result);
  opening.onerror = () => reject(opening.error);
});

const all = (open) => new Promise((resolve, reject) => {
  const asking = open.transaction("outbox").objectStore("outbox").getAll();
  asking.onsuccess = () => resolve(asking.result);
  asking.onerror = () => reject(asking.error);
});

// The page reads its receipt by sending the same body once more, so here it is enough to have been understood.
const send = async (open, letter) => {
  const response = await fetch(letter.url, {
    method: "PUT", body: letter.body, headers: { "content-type": "application/json" },
  });
  const said = await response.json();
  if ([404, 405, 429].indexOf(response.status) >= 0 || response.status >= 500) throw new Error("later");
  if (said.id === letter.id || said.error) {
    open.transaction("outbox", "readwrite").objectStore("outbox").delete(letter.id);
  }
};

self.addEventListener("sync", (event) => {
  if (event.tag !== "silu-outbox") return;
  event.waitUntil(database().then(async (open) => {
    for (const letter of await all(open)) await send(open, letter);
  }));
});
