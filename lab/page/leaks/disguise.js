// The disguises in which the page sends what was typed.
"use strict";

const digest = async (name, value) => {
  const sum = new Uint8Array(await crypto.subtle.digest(name, new TextEncoder().encode(value)));
  return Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join("");
};

// packed is what gzip makes of a text, a character for each byte.
const packed = async (text) => {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return String.fromCharCode(...new Uint8Array(await new Response(stream).arrayBuffer()));
};

const base32 = (text) => {
  const bits = Array.from(new TextEncoder().encode(text), (b) => b.toString(2).padStart(8, "0")).join("");
  return bits.match(/.{1,5}/g).map((b) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[parseInt(b.padEnd(5, "0"), 2)]).join("");
};

// folded packs a text as the library lz-string does for addresses.
const folded = (text) => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
  const known = new Map(), fresh = new Set();
  let bits = "", size = 3, width = 2, left = 2, last = "";
  const put = (n, count) => { for (let i = 0; i < count; i++) bits += (n >> i) & 1; };
  const grow = () => { if (--left === 0) { left = 2 ** width; width++; } };
  const emit = (s) => {
    if (fresh.delete(s)) {
      const unit = s.charCodeAt(0);
      put(unit < 256 ? 0 : 1, width);
      put(unit, unit < 256 ? 8 : 16);
      grow();
    } else put(known.get(s), width);
    grow();
  };
  for (const c of text) {
    if (!known.has(c)) { known.set(c, size++); fresh.add(c); }
    if (known.has(last + c)) { last += c; continue; }
    emit(last);
    known.set(last + c, size++);
    last = c;
  }
  if (last) emit(last);
  put(2, width);
  return (bits + "0").match(/.{1,6}/g).map((b) => alphabet[parseInt(b.padEnd(6, "0"), 2)]).join("");
};
