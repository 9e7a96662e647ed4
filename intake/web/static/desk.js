// The desk's shortcuts. Single keys can be in the way of other tools (WCAG 2.1.4), so they can be
// turned off, for this browser.
(function () {
  "use strict";
  var script = document.currentScript;
  var STORED = "desk-keys-off";

  function isOff() {
    try { return localStorage.getItem(STORED) === "1"; } catch (refused) { return false; }
  }

  function isTyping(element) {
    return element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);
  }

  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (isOff() || isTyping(event.target)) { return; }
    var find = document.getElementById("find-text");
    if (event.key === "/" && find) {
      event.preventDefault();
      find.focus();
      find.select();
    } else if (event.key === "?") {
      location.assign(script.dataset.keys);
    } else if (event.key === "h") {
      location.assign(script.dataset.home);
    }
  });

  // Once the device is in a family's hands, Back must not bring a page of staff from memory.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { location.reload(); }
  });

  var button = document.getElementById("keys-switch");
  if (button) {
    button.parentElement.hidden = false;
    var show = function () { button.textContent = isOff() ? button.dataset.on : button.dataset.off; };
    button.addEventListener("click", function () {
      if (isOff()) { localStorage.removeItem(STORED); } else { localStorage.setItem(STORED, "1"); }
      show();
    });
    show();
  }
}());
