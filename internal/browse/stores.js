(async () => {
	const most = 500, longest = 16384;
	const out = {origin: self.origin, entries: [], cut: 0};
	const add = (kind, name, key, value) => {
		if (out.entries.length >= most) { out.cut++; return; }
		out.entries.push({kind, origin: out.origin, name, key: String(key).slice(0, longest), value: String(value).slice(0, longest)});
	};
	const soon = (p) => Promise.race([p, new Promise((_, no) => setTimeout(() => no(new Error("late")), 1000))]);
	const done = (req) => soon(new Promise((yes, no) => { req.onsuccess = () => yes(req.result); req.onerror = req.onblocked = () => no(req.error); }));
	const text = (v) => {
		if (typeof v === "string") return v;
		if (v instanceof ArrayBuffer) v = new Uint8Array(v);
		if (ArrayBuffer.isView(v)) return Array.from(new Uint8Array(v.buffer, v.byteOffset, Math.min(v.byteLength, 4096)), b => b.toString(16).padStart(2, "0")).join("");
		try { return JSON.stringify(v) ?? String(v); } catch { return String(v); }
	};
	const each = async (f) => { try { await f(); } catch {} };

	for (const kind of ["localStorage", "sessionStorage"]) {
		await each(() => {
			const s = self[kind];
			for (let i = 0; i < s.length; i++) { const k = s.key(i); add(kind, "", k, s.getItem(k)); }
		});
	}
	const databases = (kind, factory, at = "") => each(async () => {
		for (const {name, version} of await soon(factory.databases())) {
			const db = await done(factory.open(name, version));
			try {
				for (const store of db.objectStoreNames) {
					await each(async () => {
						const os = db.transaction(store, "readonly").objectStore(store);
						const [keys, values] = await Promise.all([done(os.getAllKeys(null, most)), done(os.getAll(null, most))]);
						keys.forEach((k, i) => add(kind, at + name + "/" + store, text(k), text(values[i])));
					});
				}
			} finally { db.close(); }
		}
	});
	const answers = (kind, storage, at = "") => each(async () => {
		for (const name of await soon(storage.keys())) {
			const cache = await soon(storage.open(name));
			for (const req of await soon(cache.keys())) {
				await each(async () => {
					const res = await soon(cache.match(req));
					add(kind, at + name, req.url, res && res.type !== "opaque" ? await soon(res.text()) : "");
				});
			}
		}
	});
	let left = 200;
	const files = async (kind, folder, at, deep = 5) => {
		for await (const [name, handle] of folder.entries()) {
			if (left-- <= 0) { out.cut++; return; }
			await each(async () => {
				if (handle.kind === "file") add(kind, at, name, await soon((await soon(handle.getFile())).slice(0, longest).text()));
				else if (deep > 0) await files(kind, handle, at ? at + "/" + name : name, deep - 1);
				else out.cut++;
			});
		}
	};
	await databases("indexedDB", indexedDB);
	await answers("cacheStorage", caches);
	await each(async () => files("file", await soon(navigator.storage.getDirectory()), ""));
	await each(async () => {
		for (const name of await soon(navigator.storageBuckets.keys())) {
			await each(async () => {
				const bucket = await soon(navigator.storageBuckets.open(name));
				await databases("bucket", bucket.indexedDB, name + "/");
				await each(() => answers("bucket", bucket.caches, name + "/"));
				await each(async () => files("bucket", await soon(bucket.getDirectory()), name));
			});
		}
	});
	await each(async () => {
		for (const r of await soon(navigator.serviceWorker.getRegistrations())) {
			const w = r.active || r.waiting || r.installing;
			add("serviceWorker", "", r.scope, w ? w.scriptURL : "");
		}
	});
	out.entries.sort((a, b) => [a.kind, a.name, a.key].join("\0") < [b.kind, b.name, b.key].join("\0") ? -1 : 1);
	return out;
})()
