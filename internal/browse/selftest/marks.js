// Each part of a profile that a script can reach: how it is marked, and how
// the mark is found. One that the browser lacks does not keep the others from
// being looked at.
"use strict";

const done = (request) => new Promise((yes, no) => {
  request.onsuccess = () => yes(request.result);
  request.onerror = () => no(request.error);
});

const database = (factory) => {
  const within = async (mode, use) => {
    const opening = (await factory()).open("marks", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("marks");
    const db = await done(opening);
    try { return await done(use(db.transaction("marks", mode).objectStore("marks"))); } finally { db.close(); }
  };
  return {
    mark: () => within("readwrite", (s) => s.put("mark", "mark")),
    find: async () => await within("readonly", (s) => s.get("mark")) === "mark",
  };
};

const parts = {
  "Cookies": {
    mark: async () => { document.cookie = "mark=mark; max-age=99999; path=/"; },
    find: async () => document.cookie.includes("mark=mark"),
  },
  "Local Storage": {
    mark: async () => { localStorage.mark = "mark"; },
    find: async () => localStorage.mark === "mark",
  },
  "IndexedDB": database(async () => indexedDB),
  "WebStorage": database(async () => (await navigator.storageBuckets.open("marks")).indexedDB),
  "Service Worker": {
    mark: async () => {
      await (await caches.open("marks")).put("/mark", new Response("mark"));
      await navigator.serviceWorker.register("/service.js");
      await navigator.serviceWorker.ready;
    },
    find: async () => (await caches.keys()).includes("marks") && (await navigator.serviceWorker.getRegistrations()).length > 0,
  },
  "File System": {
    mark: async () => {
      const out = await (await (await navigator.storage.getDirectory()).getFileHandle("mark", { create: true })).createWritable();
      await out.write("mark");
      await out.close();
    },
    find: async () => {
      for await (const name of (await navigator.storage.getDirectory()).keys()) if (name === "mark") return true;
      return false;
    },
  },
  "Reporting and NEL": {
    mark: async () => {}, // a header of the page does it
    find: async () => {
      const load = crypto.randomUUID();
      new Image().src = "/load/" + load; // against the policy, which is only reported on
      for (let i = 0; i < 60; i++) {
        await new Promise((go) => setTimeout(go, 50));
        if (await (await fetch("/reported/" + load)).text() === "true") return true;
      }
      return false;
    },
  },
};

const each = async (what) => {
  const found = [];
  for (const [name, part] of Object.entries(parts)) {
    try { if (await part[what]()) found.push(name); } catch { /* it is not there */ }
  }
  return found;
};
