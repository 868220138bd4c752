// Truth: the value below is the visitor's name. It is also this file's entity
// tag, so it comes back with the cache; and it is written to localStorage, so
// it comes back from there. Either alone is enough.
(function () {
  "use strict";
  var carried = "{{.ID}}";
  var jar = /(?:^|; )nid=([0-9a-f]{32})/.exec(document.cookie);
  var nid = jar ? jar[1] : localStorage.getItem("nid") || carried;
  document.cookie = "nid=" + nid + "; domain=nocturne.example; path=/; max-age={{.Life}}; secure; samesite=lax";
  localStorage.setItem("nid", nid);
  localStorage.setItem("volume", "70");
  localStorage.setItem("visited", String(Date.now()));
  fetch("/ear", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ nid: nid, page: location.pathname })
  });
})();
