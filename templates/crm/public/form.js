(function () {
  "use strict";
  var script = document.currentScript, marks = {};
  if (!script) return;
  var base = script.src.replace(/form\.js.*$/, ""), visits = {{ visits|yesno:"true,false" }};
  var agreed = function () {
    return window.svodConsent === true || script.dataset.consent === "yes";
  };
  new URLSearchParams(location.search).forEach(function (value, name) {
    if (/^utm_(source|medium|campaign|content|term)$/.test(name)) marks[name] = value;
  });
  function newNumber() {
    if (crypto.randomUUID) return crypto.randomUUID();
    // A site of plain http has no randomUUID.
    var parts = Array.from(crypto.getRandomValues(new Uint8Array(16)));
    parts[6] = (parts[6] & 15) | 64;
    parts[8] = (parts[8] & 63) | 128;
    var text = parts.map(function (one) { return (one + 256).toString(16).slice(1); }).join("");
    return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
  function visitor() {
    if (!agreed()) return "";
    try {
      var kept = localStorage.getItem("svod-visitor");
      if (!kept) {
        kept = newNumber();
        localStorage.setItem("svod-visitor", kept);
      }
      return kept;
    } catch (error) {
      return "";
    }
  }
  var number = visitor();
  if (visits && number) {
    fetch(base + "visit/", {
      method: "POST",
      mode: "cors",
      credentials: "omit",
      keepalive: true,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        consent: true, visitor: number, url: location.href.slice(0, 500),
        referrer: document.referrer.slice(0, 500),
      }),
    }).catch(function () {});
  }
  if (script.dataset.form !== "no") {
    var query = new URLSearchParams(marks);
    query.set("page", location.href.slice(0, 500));
    query.set("referrer", document.referrer.slice(0, 500));
    query.set("visitor", number);
    var frame = document.createElement("iframe");
    frame.src = base + "?" + query.toString();
    frame.title = script.dataset.title || "";
    frame.style.cssText = "width:100%;border:0;min-height:" + (parseInt(script.dataset.height, 10) || 560) + "px";
    script.parentNode.insertBefore(frame, script);
  }
})();
