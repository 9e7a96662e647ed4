// A tablet in a family's hands: what nobody touches for some minutes goes back by itself. Writing
// and drawing tell the server that somebody is there; the server decides, this only asks.
(function () {
  "use strict";
  var script = document.currentScript;
  var idle = Number(script.dataset.idle) * 1000;
  var quiet = 30000;
  var told = Date.now();
  var touched = Date.now();

  function alive() {
    touched = Date.now();
    if (touched - told < quiet) { return; }
    told = touched;
    fetch(script.dataset.alive, { method: "POST", credentials: "same-origin" }).catch(function () {});
  }

  ["pointerdown", "pointermove", "keydown", "input", "scroll"].forEach(function (name) {
    document.addEventListener(name, alive, { passive: true });
  });

  setInterval(function () {
    if (Date.now() - touched > idle) { location.replace(script.dataset.over); }
  }, 1000);

  // The Back button must not bring a page back from memory.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { location.reload(); }
  });
}());
