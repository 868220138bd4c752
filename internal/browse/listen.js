// Runs before the first script of every document and worker. NAME, TOKEN
// and ARM stand for words that are made anew for each visit, so that no page knows
// them: a page that looks finds nothing. Nothing of the page is replaced or
// wrapped; the functions in the list get breakpoints whose condition calls
// NAME, which tells what was asked and never stops. Everything it uses is
// taken before the page can change it.
const NAME = (() => {
	"use strict";
	const say = console.debug, G = globalThis, {apply, getOwnPropertyDescriptor: describe} = Reflect, btoa = G.btoa, char = String.fromCharCode;
	const mostKeys = 2000, mostWord = 200, mostValue = 4096, mostRead = 131072, mostReads = 20, mostTold = 20;
	const {slice: cutOut} = "";
	const cut = (s, n) => s.length > n ? apply(cutOut, s, [0, n]) : s;
	const plain = (v) => v === null || typeof v !== "object" && typeof v !== "function" && typeof v !== "symbol";
	const word = (v) => v === undefined || !plain(v) ? "" : "" + v; // asks no object: it could notice
	const own = (o, key) => { const d = o && typeof o === "object" && describe(o, key); return d ? d.value : undefined; };
	const part = (type, key, what = "value") => { const d = G[type] && G[type].prototype && describe(G[type].prototype, key); return d && d[what]; };
	const getter = (type, key) => { const f = part(type, key, "get"); return (self) => { try { return f && apply(f, self, []); } catch { return undefined; } }; };
	const measure = (type) => { const w = getter(type, "width"), h = getter(type, "height"); return (self) => word(w(self)) + "x" + word(h(self)); };

	const seen = {__proto__: null}, untold = {__proto__: null};
	let keys = 0, mine = "";
	const note = (api, name, value, equal = name) => {
		let key = api + "\n" + equal;
		if (!seen[key] && ++keys > mostKeys) { key = api; name = value = ""; }
		const n = seen[key] = (seen[key] || 0) + 1;
		if (n > mostTold) { untold[key] = n; return; }
		say(mine, api, cut(name, mostWord), value, key, n);
	};

	// The browser makes most functions once for a process; those that only
	// secure documents have, it makes for each document anew: their place ends in "!".
	const list = {__proto__: null}, hear = [], heat = [];
	// on listens to a function; after so many calls in one document listening to it ends.
	// The places in the list are the same in all documents, whatever they lack.
	const on = (fn, f, often = 1e9, each = "") => { list[hear.length + each] = fn; hear[hear.length] = f; heat[heat.length] = often; };
	const asked = (type, key, what = "value", name = () => "", often = 1000, each = "") => {
		const api = type + "." + key + (what === "set" ? "=" : "");
		on(part(type, key, what), (self, args) => note(api, cut(word(name(self, args)), mostWord), ""), often, each);
	};
	// read also takes what the page will get, by asking the same once more.
	const read = (type, key, what = "value", name = () => "", each = "") => {
		const fn = part(type, key, what), api = type + "." + key;
		let n = 0;
		on(fn, (self, args) => {
			const called = word(name(self, args));
			let value = "";
			if (n++ < mostReads && plain(args[0]) && plain(args[1])) try { value = cut(word(apply(fn, self, [args[0], args[1]])), mostRead); } catch {}
			note(api, called, value, called + "\n" + cut(value, mostWord) + value.length);
		}, 1000, each);
	};

	on(part("Document", "cookie", "set"), (self, args) => {
		const s = word(args[0]);
		let i = 0;
		while (i < s.length && s[i] !== "=" && s[i] !== ";") i++;
		note("document.cookie=", s[i] === "=" ? cut(s, i) : "", cut(s, mostValue));
	});
	on(part("CookieStore", "set"), (self, args) => {
		const o = args[0], given = plain(o), name = given ? word(o) : word(own(o, "name")), domain = word(own(o, "domain"));
		const value = name + "=" + (given ? word(args[1]) : word(own(o, "value"))) + (domain && "; domain=" + domain);
		note("cookieStore.set", name, cut(value, mostValue));
	});
	const storage = describe(G, "localStorage");
	on(part("Storage", "setItem"), (self, args) => {
		let local;
		try { local = apply(storage.get, G, []); } catch {}
		note(self === local ? "localStorage.setItem" : "sessionStorage.setItem", word(args[0]), cut(word(args[1]), mostValue));
	});

	const canvas = measure("HTMLCanvasElement");
	const first = (self, args) => args[0], box = (self, args) => word(args[2]) + "x" + word(args[3]);
	read("HTMLCanvasElement", "toDataURL", "value", canvas);
	asked("HTMLCanvasElement", "toBlob", "value", canvas);
	asked("OffscreenCanvas", "convertToBlob", "value", measure("OffscreenCanvas"));
	for (let i = 0; i < 2; i++) {
		const type = ["CanvasRenderingContext2D", "OffscreenCanvasRenderingContext2D"][i], style = getter(type, "fillStyle");
		const pixels = part(type, "getImageData"), data = getter("ImageData", "data");
		let n = 0;
		on(pixels, (self, args) => {
			let value = "";
			if (n++ < mostReads && plain(args[0]) && plain(args[1]) && plain(args[2]) && plain(args[3])) try {
				const d = data(apply(pixels, self, [args[0], args[1], args[2], args[3]]));
				let s = "";
				if (d.length <= mostRead / 2) for (let j = 0; j < d.length; j++) s += char(d[j]);
				value = btoa(s);
			} catch {}
			note(type + ".getImageData", box(self, args), value, box(self, args) + "\n" + cut(value, mostWord));
		}, 1000);
		for (let j = 0; j < 2; j++) {
			const draw = ["fillText", "strokeText"][j];
			on(part(type, draw), (self, args) => {
				const s = cut(word(args[0]), mostWord), colour = word(style(self));
				note(type + "." + draw, s, colour, s + "\n" + colour);
			}, 1000);
		}
		asked(type, "save");
		asked(type, "restore");
		asked(type, "font", "set", first, 2000);
		asked(type, "measureText", "value", first, 5000);
	}
	for (let i = 0; i < 2; i++) {
		const type = ["WebGLRenderingContext", "WebGL2RenderingContext"][i];
		read(type, "getParameter", "value", first);
		asked(type, "getSupportedExtensions");
		asked(type, "readPixels", "value", box);
	}
	asked("OfflineAudioContext", "startRendering");
	const samples = part("AudioBuffer", "getChannelData");
	on(samples, (self, args) => {
		let value = "";
		try { // the sum that the best known script takes: it hides small errors of the first samples
			const d = apply(samples, self, [word(args[0])]);
			let sum = 0;
			for (let i = 4500; i < 5000 && i < d.length; i++) sum += d[i] < 0 ? -d[i] : d[i];
			value = word(sum);
		} catch {}
		note("AudioBuffer.getChannelData", "", value);
	}, 1000);
	asked("AudioBuffer", "copyFromChannel");
	asked("AnalyserNode", "getFloatFrequencyData");
	asked("RTCPeerConnection", "createOffer");
	asked("MediaDevices", "enumerateDevices");
	asked("Navigator", "getBattery", "value", undefined, 1000, "!");
	asked("NavigatorUAData", "getHighEntropyValues");
	read("Navigator", "hardwareConcurrency", "get");
	read("Navigator", "deviceMemory", "get", undefined, "!");
	asked("Navigator", "plugins", "get", undefined, 200);
	read("Screen", "width", "get");
	read("Screen", "colorDepth", "get");
	const intl = G.Intl.DateTimeFormat.prototype.resolvedOptions;
	on(intl, () => note("Intl.DateTimeFormat.resolvedOptions", "", ""), 200);

	const counts = [];
	const heard = (i, self, args, whose) => {
		if ("TOKEN" + whose !== mine) return false; // a neighbour in the same process has breakpoints of its own
		try {
			hear[i](self, [own(args, 0), own(args, 1), own(args, 2), own(args, 3)]);
			const n = counts[i] = (counts[i] || 0) + 1;
			if (n >= heat[i] && n % heat[i] === 0) say(mine, "" + i);
		} catch {}
		return false;
	};
	// stop holds a document until it is listened to. While another document of
	// the process is held nothing more can be stopped, but nothing is parsed
	// either: it is held when its first element stands, before its first script.
	// The empty document that a window or a frame of another site begins with is
	// not held: the browser would tell what is said to it to the document that
	// comes next, and it would be held for ever.
	heard.stop = () => {
		if (G.location.href === "about:blank" && !G.frameElement) return;
		const stop = function ARM(heard) { debugger; };
		stop(heard);
		if (!mine) new MutationObserver((_, o) => { o.disconnect(); stop(heard); }).observe(document, {childList: true, subtree: true});
	};
	heard.rest = () => { for (const key in untold) { say(mine, key, untold[key]); delete untold[key]; } };
	heard.start = (whose) => { mine = "TOKEN" + whose; list.wake = part("Performance", "toJSON"); return list; };
	return heard;
})();
