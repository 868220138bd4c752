// What this site knows the visitor by, in a cookie of the page's own host and
// those below it.
var own = (function () {
  "use strict";
  var found = /(?:^|; )own=([0-9a-f]{32})/.exec(document.cookie);
  var id = found ? found[1] : document.currentScript.dataset.fresh;
  document.cookie = "own=" + id + "; path=/; max-age=31536000; secure; samesite=lax; domain=" + location.hostname;
  return id;
})();
