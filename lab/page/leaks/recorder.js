// Records a page so that it can be played back: its document, then what
// changes, moves and is typed. {{if .Masks}}Letters are masked.{{else}}Letters are taken as they are.{{end}}
"use strict";

(() => {
  const socket = new WebSocket("wss://{{.Host}}/stream");
  const waiting = [];
  const send = (type, data) => {
    const event = JSON.stringify({ type, data, timestamp: Date.now() });
    socket.readyState === 1 ? socket.send(event) : waiting.push(event);
  };
  socket.onopen = () => { for (const event of waiting.splice(0)) socket.send(event); };
  const tree = (node, id = 1) => ({ id, type: node.nodeType, tagName: node.tagName, childNodes: [...(node.children || [])].slice(0, 20).map((n) => tree(n, id + 1)) });
  send(4, { href: location.origin + location.pathname, width: innerWidth, height: innerHeight, node: 0 });
  send(2, { node: tree(document.documentElement), initialOffset: { left: 0, top: 0 } });
  const seen = (value) => {{if .Masks}}value.replace(/[^\s]/g, "*"){{else}}value{{end}};
  document.addEventListener("input", (event) => send(3, { source: 5, id: event.target.id, text: seen(event.target.value), isChecked: false }), true);
  document.addEventListener("focusin", (event) => send(3, { source: 2, type: 5, id: event.target.id, x: 0, y: 0 }), true);
  document.addEventListener("scroll", () => send(3, { source: 3, id: 1, x: scrollX, y: scrollY }), true);
})();
