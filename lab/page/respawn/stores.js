// The places in which a page can keep a name for its visitor. Each gives what
// it has, or null, and takes a new name.
"use strict";

const answer = (request) => new Promise((yes, no) => {
  request.onsuccess = () => yes(request.result);
  request.onerror = () => no(request.error);
});

// database is a place within an IndexedDB, the page's own or a bucket's.
const database = (factory) => {
  const within = async (mode, use) => {
    const opening = (await factory()).open("names", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("names");
    const db = await answer(opening);
    try {
      return await answer(use(db.transaction("names", mode).objectStore("names")));
    } finally {
      db.close();
    }
  };
  return {
    get: async () => await within("readonly", (names) => names.get("name")) || null,
    put: async (name) => { await within("readwrite", (names) => names.put(name, "name")); },
  };
};

// served is a place in the browser's cache: what was fetched from an address,
// which the server fills in for whoever has nothing there.
const served = (address, read) => ({
  get: async () => await read(await fetch(address)),
  put: async () => { await fetch(address); }, // the cookie tells the server whom to fill it in for
});

const stores = {
  local: {
    get: async () => localStorage.getItem("name"),
    put: async (name) => localStorage.setItem("name", name),
  },
  database: database(async () => indexedDB),
  bucket: database(async () => (await navigator.storageBuckets.open("names")).indexedDB),
  cache: {
    get: async () => { const kept = await (await caches.open("names")).match("/name"); return kept ? await kept.text() : null; },
    put: async (name) => { await (await caches.open("names")).put("/name", new Response(name)); },
  },
  worker: {
    get: async () => {
      for (const r of await navigator.serviceWorker.getRegistrations()) {
        const script = (r.active || r.waiting || r.installing).scriptURL;
        return new URL(script).searchParams.get("name");
      }
      return null;
    },
    put: async (name) => { await navigator.serviceWorker.register("/worker.js?name=" + name); await navigator.serviceWorker.ready; },
  },
  file: {
    get: async () => {
      const dir = await navigator.storage.getDirectory();
      try { return await (await (await dir.getFileHandle("name")).getFile()).text() || null; } catch { return null; }
    },
    put: async (name) => {
      const dir = await navigator.storage.getDirectory();
      const out = await (await dir.getFileHandle("name", { create: true })).createWritable();
      await out.write(name);
      await out.close();
    },
  },
  tag: served("/tag", (response) => response.text()),
  dated: served("/dated", (response) => response.text()),
  body: served("/body", (response) => response.text()),
  dictionary: {
    get: async () => await (await fetch("/word")).text() || null,
    put: async () => {
      await (await fetch("/words")).text(); // the cookie tells the server whom to fill it in for
      await wait(250); // a moment, until the browser has it
      await fetch("/word");
    },
  },
  moved: served("/who", async (response) => new URL(response.url).pathname.split("/").pop()),
};

// first asks several places in turn.
const first = async (...places) => {
  for (const p of places) {
    const name = await p.get();
    if (name) return name;
  }
  return null;
};

const all = async (name, ...places) => { for (const p of places) await p.put(name); };

// halves keeps a name in two places so that neither holds anything of it: one
// has a random mask, the other the name under that mask.
const halves = (one, two) => {
  const mix = (a, b) => Array.from(a, (c, i) => (parseInt(c, 16) ^ parseInt(b[i], 16)).toString(16)).join("");
  const get = async () => {
    const [mask, masked] = [await one.get(), await two.get()];
    return mask && masked ? mix(mask, masked) : null;
  };
  const put = async (name) => {
    if (await get() === name) return;
    const mask = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
    await one.put(mask);
    await two.put(mix(name, mask));
  };
  return { get, put };
};

const wait = (ms) => new Promise((go) => setTimeout(go, ms));

// shown waits until the browser has asked for an icon, or for as long as one
// that does ask for it takes.
const shown = async (n) => {
  for (let i = 0; i < 20; i++) {
    await wait(25);
    if (await (await fetch("/asked/" + n)).text() === "true") return;
  }
};
