// Pulse Analytics. Truth: "u" names the browser and is the same on every site
// that embeds this file; "s" tells Pulse which site it is.
(function () {
  "use strict";
  var u = "{{.ID}}", s = location.hostname;
  new Image().src = "https://pulse.example/p.gif?s=" + s + "&p=" + encodeURIComponent(location.pathname) + "&u=" + u;
  var frame = document.createElement("iframe");
  frame.src = "https://pulse.example/frame?s=" + s;
  frame.title = "Pulse Analytics";
  frame.style.display = "none";
  document.body.appendChild(frame);
})();
