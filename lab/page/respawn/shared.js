// A worker that all pages of the site share. What it is told it knows until
// the last of them is closed.
"use strict";

let known = "";
self.onconnect = (event) => {
  const [port] = event.ports;
  port.onmessage = (message) => { known = message.data || known; port.postMessage(known); };
};
