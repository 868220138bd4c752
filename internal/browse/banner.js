(words) => {
	// Everything here runs in a world of our own: it reads the page, and the page sees nothing of it.
	const most = 20000, longest = 70;
	const kit = {marks: [], hit: false};
	const clean = (s) => (s || "").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
	const phrases = {};
	for (const [kind, list] of Object.entries(words)) phrases[kind] = list.map((p) => ({whole: p.startsWith("="), text: clean(p)}));
	const says = (text, p) => p.whole ? text === p.text : (" " + text + " ").includes(" " + p.text + " ");
	const saysAny = (text, kind) => phrases[kind].some((p) => says(text, p));
	const topical = (text) => { const t = clean(text); return phrases.topic.some((p) => t.includes(p.text)); };

	// role finds for what a control is there; of several words that fit, the longest wins.
	const role = (label) => {
		if (/^\s*[×✕✖✗╳⨯xX]\s*$/u.test(label)) return "close";
		const text = clean(label);
		if (!text || text.length > longest) return "";
		if (saysAny(text, "pay")) return "pay";
		let best = "", length = 0;
		for (const kind of ["reject", "save", "withdraw", "settings", "accept", "close"]) {
			for (const p of phrases[kind]) if (p.text.length > length && says(text, p)) { best = kind; length = p.text.length; }
		}
		return best;
	};
	const whole = new Set(["reject", "save", "withdraw", "settings", "accept"].flatMap((k) => phrases[k].map((p) => p.text)));
	const wholly = (label) => whole.has(clean(label));

	const walk = function* (root) { for (const e of root.querySelectorAll("*")) { yield e; if (e.shadowRoot) yield* walk(e.shadowRoot); } };
	const everything = () => { const out = []; for (const e of walk(document)) { if (out.length >= most) break; out.push(e); } return out; };
	const parent = (e) => e.assignedSlot || e.parentElement || (e.getRootNode() instanceof ShadowRoot ? e.getRootNode().host : null);
	const within = (e, box) => { for (; e; e = parent(e)) if (e === box) return true; return false; };
	const inside = (box) => { const out = []; const add = (root) => { for (const e of walk(root)) { if (out.length >= most) return; out.push(e); } }; if (box.shadowRoot) add(box.shadowRoot); add(box); return out; };
	const query = (sel) => {
		if (sel.startsWith("text=")) {
			const want = clean(sel.slice(5)), list = everything().filter((e) => control(e) && seen(e));
			return list.find((e) => clean(label(e)) === want) || list.find((e) => clean(label(e)).includes(want)) || null;
		}
		const roots = [document];
		for (const e of everything()) if (e.shadowRoot) roots.push(e.shadowRoot);
		for (const r of roots) { const e = r.querySelector(sel); if (e) return e; }
		return null;
	};

	const seen = (e) => {
		if (e.checkVisibility && !e.checkVisibility({opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true})) return false;
		const r = e.getBoundingClientRect();
		return r.width > 1 && r.height > 1 && r.right > 0 && r.left < Math.max(innerWidth, document.documentElement.scrollWidth) && r.bottom + scrollY > 0;
	};
	let texts = new WeakMap();
	const text = (e) => {
		if (texts.has(e)) return texts.get(e);
		let s = e.innerText || "";
		for (const d of [e, ...inside(e)]) if (d.shadowRoot) for (const c of d.shadowRoot.children) s += " " + (c.innerText || "");
		s = s.replace(/\s+/g, " ").trim();
		texts.set(e, s);
		return s;
	};
	const label = (e) => {
		const own = e.tagName === "INPUT" ? e.value : e.innerText;
		if (own && /[\p{L}\p{N}]/u.test(own) && !/^\s*[xX]\s*$/.test(own)) return own.replace(/\s+/g, " ").trim();
		const img = e.querySelector("img[alt]");
		return (e.getAttribute("aria-label") || e.title || (img && img.alt) || own || "").replace(/\s+/g, " ").trim();
	};
	const control = (e) => e.matches("button, a, input[type=button], input[type=submit], input[type=reset], [role=button], [role=link], summary, [onclick], [tabindex]:not([tabindex='-1'])");
	const deepest = (e) => !e.firstElementChild && e.innerText && e.innerText.length <= longest;

	// What lies under words, and what the words' colour becomes on it.
	const colour = (s) => {
		let m = /^rgba?\(([^)]+)\)$/.exec(s);
		if (m) { const n = m[1].split(/[\s,\/]+/).map(parseFloat); return {r: n[0] / 255, g: n[1] / 255, b: n[2] / 255, a: n.length > 3 ? n[3] : 1}; }
		m = /^color\(srgb ([^)]+)\)$/.exec(s);
		if (m) { const n = m[1].split(/[\s\/]+/).filter(Boolean).map(parseFloat); return {r: n[0], g: n[1], b: n[2], a: n.length > 3 ? n[3] : 1}; }
		return null;
	};
	const mix = (top, under, a) => ({r: top.r * a + under.r * (1 - a), g: top.g * a + under.g * (1 - a), b: top.b * a + under.b * (1 - a), a: 1});
	const luminance = (c) => { // WCAG 2.2, relative luminance
		const f = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
		return 0.2126 * f(c.r) + 0.7152 * f(c.g) + 0.0722 * f(c.b);
	};
	const chain = (e) => { const out = []; for (; e; e = parent(e)) out.unshift(e); return out; };
	// painted gives the colours of an element's words and of what lies under them;
	// null where a picture or a colour of another kind is in it.
	const painted = (e) => {
		const list = chain(e).map((x) => getComputedStyle(x));
		const blend = (top, under, a) => a === 1 ? top : top && under && mix(top, under, a);
		const paint = (i, under) => {
			const s = list[i], back = colour(s.backgroundColor), opacity = parseFloat(s.opacity);
			const here = back && s.backgroundImage === "none" ? (back.a === 0 ? under : blend(back, under, back.a)) : null;
			let inner;
			if (i === list.length - 1) {
				const ink = colour(s.color);
				inner = {words: ink && blend(ink, here, ink.a), under: here};
			} else inner = paint(i + 1, here);
			return {words: blend(inner.words, under, opacity), under: blend(inner.under, under, opacity)};
		};
		const p = paint(0, {r: 1, g: 1, b: 1, a: 1});
		return p.words && p.under ? p : null;
	};
	const inked = (e) => { // the element that holds the words of a control
		for (const d of [e, ...e.querySelectorAll("*")]) for (const n of d.childNodes) if (n.nodeType === 3 && n.data.trim()) return d;
		return e;
	};
	const contrast = (e) => {
		const p = painted(inked(e));
		if (!p) return 0;
		const [a, b] = [luminance(p.words), luminance(p.under)].sort((x, y) => y - x);
		return Math.round((a + 0.05) / (b + 0.05) * 100) / 100;
	};
	// kind is what a control looks like, whatever its element is called.
	const kind = (e) => {
		if (/^\s*[×✕✖✗╳⨯xX]?\s*$/u.test(e.innerText || "") && e.tagName !== "INPUT") return "close";
		for (let x = e; x && (x === e || x.getBoundingClientRect().width < e.getBoundingClientRect().width + 40); x = x === e ? e.firstElementChild : null) {
			const s = getComputedStyle(x), back = colour(s.backgroundColor);
			const up = parent(x), base = up && painted(up), own = painted(x);
			const filled = s.backgroundImage !== "none" || (back && back.a > 0 && (!base || !own || Math.abs(luminance(own.under) - luminance(base.under)) > 0.01));
			const edged = ["Top", "Right", "Bottom", "Left"].filter((d) => parseFloat(s["border" + d + "Width"]) > 0 && s["border" + d + "Style"] !== "none" && (colour(s["border" + d + "Color"]) || {a: 1}).a > 0).length;
			if (filled || edged >= 3) return "button";
		}
		const ink = inked(e);
		if (e.matches("a[href], [role=link]")) return "link";
		for (let x = ink; x && within(x, e); x = parent(x)) if (getComputedStyle(x).textDecorationLine.includes("underline")) return "link";
		return "text";
	};
	const measure = (e, what) => {
		const r = e.getBoundingClientRect();
		kit.marks.push(e);
		return {
			mark: kit.marks.length - 1, role: what, words: label(e).slice(0, 120), kind: kind(e), contrast: contrast(e),
			area: Math.round(r.width * r.height), font: parseFloat(getComputedStyle(inked(e)).fontSize) || 0,
		};
	};

	// over tells how surely something lies over the page: 2 by its position or role, 1 by its name.
	const over = (e) => {
		if (e === document.body || e === document.documentElement) return 0;
		if (e.matches("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]") || e.matches(":popover-open")) return 2;
		const s = getComputedStyle(e);
		if (s.position === "fixed" || s.position === "sticky") return 2;
		if (s.position === "absolute" && parseInt(s.zIndex) > 0) return 2;
		return /cookie|consent|gdpr|\bcmp\b/i.test(e.id + " " + e.getAttribute("class") + " " + e.getAttribute("aria-label") + " " + e.tagName) ? 1 : 0;
	};
	// container finds what holds a control and asks for a choice: the outermost
	// thing over the page that is not much more than the innermost.
	const container = (e, loose) => {
		let best = null, near = 0, sure = 0;
		for (let x = parent(e); x; x = parent(x)) {
			const o = over(x);
			if (!o) continue;
			const t = text(x);
			if (!topical(t)) continue;
			if (!best) { best = x; near = t.length; sure = o; continue; }
			if (t.length > Math.max(2 * near, near + 300)) break;
			best = x; sure = Math.max(sure, o);
		}
		if (best) return {box: best, sure};
		if (top !== self || loose) { // a frame that is nothing but the banner, or a page that is nothing but the settings
			if (innerWidth < 60 || innerHeight < 30) return null;
			const box = (loose && e.closest("form, fieldset, section, main, article")) || document.body;
			for (const b of [box, document.body]) if (b && topical(text(b)) && (loose || text(b).length < 8000)) return {box: b, sure: 1};
		}
		return null;
	};

	const boxes = (box) => inside(box).filter((e) => e.matches("input[type=checkbox], [role=switch], [role=checkbox]"));
	const ticked = (e) => e.matches("input") ? e.checked : e.getAttribute("aria-checked") === "true";
	const named = (e) => {
		const by = e.getAttribute("aria-labelledby"), root = e.getRootNode();
		const l = (e.labels && e.labels[0]) || (by && root.getElementById && root.getElementById(by.split(" ")[0]));
		return ((l && l.innerText) || e.getAttribute("aria-label") || (e.closest("label, li, tr") || {}).innerText || e.name || e.id || "").replace(/\s+/g, " ").trim().slice(0, 80);
	};
	const shown = (e) => seen(e) || [...(e.labels || [])].some(seen) || (parent(e) && seen(parent(e)));
	// preset lists the boxes of purposes that are ticked and could be unticked.
	const preset = (box) => boxes(box).filter((e) => ticked(e) && !e.disabled && e.getAttribute("aria-disabled") !== "true" && shown(e) && !saysAny(clean(named(e)), "needed"));

	const order = {button: 0, link: 1, close: 2, text: 3};
	const rate = {accept: 4, reject: 3, save: 2, settings: 1};
	// offered lists what a container offers, by what it is for.
	const offered = (box) => {
		const list = [];
		for (const e of inside(box)) {
			if (!seen(e)) continue;
			const own = control(e) || getComputedStyle(e).cursor === "pointer" && deepest(e);
			if (!own && !(deepest(e) && wholly(e.innerText))) continue;
			const what = role(label(e));
			if (!what) continue;
			if (list.some((o) => o.role === what && (within(e, o.e) || within(o.e, e)))) continue; // one control, seen twice
			list.push({e, role: what});
		}
		return list;
	};

	// look searches for what asks for a choice. sel are selectors of the user.
	kit.look = (sel, loose) => {
		kit.marks = [];
		texts = new WeakMap();
		let box = null, by = "words", sure = 2;
		const given = {};
		for (const [what, s] of Object.entries(sel || {})) {
			if (!s) continue;
			const e = query(s);
			if (e && seen(e)) given[what] = e;
		}
		const any = given.banner || given.accept || given.reject || given.settings;
		if (any) {
			by = "selector";
			box = given.banner || (container(any, true) || {box: parent(any) || any}).box;
		} else {
			const found = new Map();
			for (const e of everything()) {
				if (!(control(e) || deepest(e) && wholly(e.innerText)) || !seen(e)) continue;
				const what = role(label(e));
				if (!rate[what]) continue;
				const c = container(e, loose);
				if (!c) continue;
				const f = found.get(c.box) || {sure: c.sure, roles: new Set()};
				f.roles.add(what);
				found.set(c.box, f);
			}
			let best = 0;
			for (const [b, f] of found) {
				let score = f.sure * 2;
				for (const what of f.roles) score += rate[what];
				const enough = loose ? f.roles.has("reject") || f.roles.has("save") : f.roles.has("accept") || f.roles.has("reject") && f.roles.has("settings");
				if (enough && score > best) { best = score; box = b; sure = f.sure; }
			}
		}
		if (!box) return null;
		const list = offered(box);
		const out = {by, score: 0, text: text(box).slice(0, 600), controls: [], preset: preset(box).map(named)};
		for (const what of ["accept", "reject", "settings", "save"]) {
			if (given[what]) { out.controls.push(measure(given[what], what)); continue; }
			const all = list.filter((o) => o.role === what).map((o) => measure(o.e, what));
			all.sort((a, b) => order[a.kind] - order[b.kind] || a.mark - b.mark);
			if (all.length) out.controls.push(all[0]);
		}
		out.score = sure * 2 + out.controls.reduce((n, c) => n + rate[c.role], 0);
		kit.box = box;
		return out;
	};

	// way looks all over the page for a control that leads back to the choice.
	kit.way = (sel) => {
		kit.marks = [];
		const given = sel && sel.withdraw && query(sel.withdraw);
		if (given && seen(given)) return {control: measure(given, "withdraw"), policy: ""};
		let best = null, value = 0, policy = "";
		for (const e of everything()) {
			if (!control(e) || !seen(e)) continue;
			const l = label(e), t = clean(l), what = role(l);
			let v = 0;
			if (what === "withdraw") v = 3;
			else if (what === "settings" && topical(l + " " + (/privacy|privatsph|confidential/i.test(l) ? "cookies" : ""))) v = 2;
			else if (/^cookies?$/.test(t) && !e.matches("a[href]:not([href^='#'])")) v = 1;
			if (v > value) { best = e; value = v; }
			if (!policy && e.matches("a[href]") && t.length < longest && saysAny(t, "policy") && new URL(e.href).origin === location.origin && e.href.split("#")[0] !== location.href.split("#")[0]) policy = e.href;
		}
		return {control: best && measure(best, "withdraw"), policy};
	};

	// untick lists the marks of boxes that have to be unticked in the container last found.
	kit.untick = () => {
		if (!kit.box) return [];
		const from = kit.marks.length;
		const list = preset(kit.box);
		for (const e of list) kit.marks.push(seen(e) ? e : ([...(e.labels || [])].find(seen) || parent(e) || e));
		return list.map((_, i) => from + i);
	};

	// aim brings a control into view, and starts to watch whether a click arrives.
	kit.aim = (mark) => {
		const e = kit.marks[mark];
		if (!e || !e.isConnected) return null;
		kit.hit = false;
		e.addEventListener("click", () => { kit.hit = true; }, {capture: true, once: true});
		e.scrollIntoView({block: "center", behavior: "instant"});
		return true;
	};
	kit.where = (mark) => {
		const e = kit.marks[mark];
		if (!e || !e.isConnected) return null;
		const r = e.getClientRects()[0] || e.getBoundingClientRect();
		return {x: r.left + r.width / 2, y: r.top + r.height / 2};
	};
	kit.arrived = (mark) => kit.hit || !kit.marks[mark] || !kit.marks[mark].isConnected;
	// land clicks by script where the mouse did not get through; it tells whether it had to.
	kit.land = (mark) => {
		const e = kit.marks[mark];
		if (kit.hit || !e || !e.isConnected) return false;
		e.click();
		return true;
	};
	// focused tells which marks have the focus.
	kit.focused = () => {
		let a = document.activeElement;
		while (a && a.shadowRoot && a.shadowRoot.activeElement) a = a.shadowRoot.activeElement;
		return kit.marks.map((m, i) => a && a !== document.body && (m === a || m.contains(a) || control(a) && a.matches("a, button, [role=button]") && a.contains(m)) ? i : -1).filter((i) => i >= 0);
	};
	return kit;
}
