"use strict";
// The choice is kept in a cookie of the site's own. What a site makes of it is
// the rule that its page gives.
let tracks = () => false;
let delay = 0;
let onChoice = () => {};

const remembered = () => (/(?:^|; )choice=(yes|no)/.exec(document.cookie) || [])[1];

// track has the advertiser count this reader: it names the browser in a cookie.
const track = () => { new Image().src = "https://adsum.example/seen?site=" + location.hostname; };

const panel = () => document.getElementById("ask") || (document.getElementById("host") || {}).shadowRoot?.getElementById("ask");

const show = (open) => { const p = panel(); if (p) p.hidden = !open; };

const choose = (choice) => {
  document.cookie = "choice=" + choice + "; path=/; max-age=15552000; secure; samesite=lax";
  show(false);
  onChoice(choice);
  if (tracks(choice)) track();
};

const begin = () => {
  const root = panel();
  for (const b of root ? root.querySelectorAll("[data-choice]") : []) b.addEventListener("click", (e) => { e.preventDefault(); choose(b.dataset.choice); });
  const back = document.getElementById("back");
  if (back) back.addEventListener("click", () => show(true));
  if (tracks(remembered())) track();
  if (!remembered()) setTimeout(() => show(!remembered()), delay);
};
