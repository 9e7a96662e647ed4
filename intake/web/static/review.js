// The review queue by keyboard: one key an answer, zoom and turn, suggestions while typing.
// Nothing is answered before its picture can be seen, and a key that is held down answers once.
(function () {
  "use strict";
  var SETTLE = 250;
  var KEYS_OFF = "desk-keys-off";
  var review = document.getElementById("review");
  var sheet = document.getElementById("sheet");
  var seenSince = null;
  var isSent = false;

  // Looking

  function lookAt() {
    var group = sheet.querySelector("g");
    var image = sheet.querySelector("image");
    var page = { width: Number(sheet.dataset.width), height: Number(sheet.dataset.height) };
    var first = sheet.getAttribute("viewBox").split(" ").map(Number);
    var view = first.slice();
    var turns = 0;

    function show() {
      sheet.setAttribute("viewBox", view.map(function (n) { return n.toFixed(2); }).join(" "));
    }

    function zoom(factor) {
      var width = Math.min(Math.max(view[2] / factor, 60), page.height * 1.6);
      var by = width / view[2];
      view = [view[0] + view[2] * (1 - by) / 2, view[1] + view[3] * (1 - by) / 2, width, view[3] * by];
      show();
    }

    function whole() {
      var lying = turns % 2 === 1;
      var width = lying ? page.height : page.width;
      var height = lying ? page.width : page.height;
      view = [(page.width - width) / 2, (page.height - height) / 2, width, height];
      show();
    }

    function turn() {
      turns = (turns + 1) % 4;
      group.setAttribute("transform",
        "rotate(" + 90 * turns + " " + page.width / 2 + " " + page.height / 2 + ")");
      if (turns === 0) { view = first.slice(); show(); } else { whole(); }
    }

    function move(x, y) {
      view = [view[0] + x * view[2], view[1] + y * view[3], view[2], view[3]];
      show();
    }

    var dragged = null;
    sheet.addEventListener("pointerdown", function (event) {
      dragged = { x: event.clientX, y: event.clientY };
      sheet.setPointerCapture(event.pointerId);
    });
    sheet.addEventListener("pointermove", function (event) {
      if (!dragged) { return; }
      var scale = 1 / sheet.getScreenCTM().a;
      view[0] -= (event.clientX - dragged.x) * scale;
      view[1] -= (event.clientY - dragged.y) * scale;
      dragged = { x: event.clientX, y: event.clientY };
      show();
    });
    sheet.addEventListener("pointerup", function () { dragged = null; });

    function seen() {
      seenSince = seenSince === null ? performance.now() : seenSince;
      window.setTimeout(function () { review.dataset.ready = "true"; }, SETTLE);
    }
    image.addEventListener("load", seen);
    image.addEventListener("error", seen);
    // It may have loaded before this script did.
    if (performance.getEntriesByName(new URL(image.href.baseVal, location.href).href).length) { seen(); }
    window.setTimeout(seen, 4000);

    var acts = {
      nearer: function () { zoom(1.4); }, further: function () { zoom(1 / 1.4); },
      whole: whole, turn: turn
    };
    review.querySelector(".zooming").hidden = false;
    review.querySelector(".tools").addEventListener("click", function (event) {
      var wanted = event.target.closest("[data-do]");
      if (wanted) { acts[wanted.dataset.do](); }
    });
    return {
      ArrowLeft: function () { move(-0.1, 0); }, ArrowRight: function () { move(0.1, 0); },
      ArrowUp: function () { move(0, -0.1); }, ArrowDown: function () { move(0, 0.1); }
    };
  }

  var arrows = {};
  if (sheet) { arrows = lookAt(); } else { seenSince = performance.now(); }

  // Answering

  function isSeen() { return seenSince !== null && performance.now() - seenSince >= SETTLE; }

  review.addEventListener("submit", function (event) {
    if (isSent) { event.preventDefault(); return; }
    isSent = true;
  });
  window.addEventListener("pageshow", function () { isSent = false; });

  var toggle = document.getElementById("keys");
  function keysAreOn() { return window.localStorage.getItem(KEYS_OFF) === null; }
  function showKeys() {
    toggle.setAttribute("aria-pressed", String(keysAreOn()));
    review.classList.toggle("without-keys", !keysAreOn());
  }
  toggle.hidden = false;
  toggle.addEventListener("click", function () {
    if (keysAreOn()) { window.localStorage.setItem(KEYS_OFF, "1"); } else { window.localStorage.removeItem(KEYS_OFF); }
    showKeys();
  });
  showKeys();

  function isTyping(target) {
    return target.closest("input, textarea, select") !== null;
  }

  function press(button) {
    var needed = button.dataset.needs && document.getElementById(button.dataset.needs);
    if (needed && !needed.value) { needed.focus(); return; }
    button.click();
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "Escape" && isTyping(event.target)) { event.target.blur(); return; }
    if (isTyping(event.target) || !keysAreOn()) { return; }
    if (arrows[event.key] && !event.target.closest("button, a, summary")) {
      arrows[event.key]();
      event.preventDefault();
      return;
    }
    var key = event.key === "=" ? "+" : event.key.toLowerCase();
    var button = review.querySelector('[data-key="' + CSS.escape(key) + '"]');
    if (!button) { return; }
    event.preventDefault();
    var looks = button.dataset.do !== undefined;
    if (!looks && (event.repeat || !isSeen())) { return; }
    press(button);
  });

  // Suggestions

  var who = review.querySelector(".who");
  if (!who) { return; }
  var name = document.getElementById("name");
  var born = document.getElementById("birth_date");
  var list = who.querySelector(".matches");
  var said = document.getElementById("found-said");
  var token = review.querySelector("#answers [name=csrf_token]").value;
  var asked = 0;
  var timer = null;

  function offer(students) {
    list.textContent = "";
    students.forEach(function (student) {
      var item = document.createElement("li");
      var button = document.createElement("button");
      var shown = document.createElement("bdi");
      var facts = document.createElement("span");
      button.name = "student";
      button.value = student.id;
      shown.textContent = student.name;
      facts.textContent = student.details;
      button.append(shown, facts);
      item.append(button);
      list.append(item);
    });
    said.textContent = students.length ? students.length + ". " + who.dataset.some : who.dataset.none;
  }

  function ask() {
    var mine = asked += 1;
    if (!name.value.trim() && !born.value) { list.textContent = ""; said.textContent = ""; return; }
    var body = new URLSearchParams({ csrf_token: token, name: name.value, birth_date: born.value });
    fetch(who.dataset.suggestions, { method: "POST", body: body, credentials: "same-origin" })
      .then(function (answer) {
        if (answer.redirected) { window.location.reload(); return null; }
        return answer.ok ? answer.json() : null;
      })
      .then(function (students) { if (students && mine === asked) { offer(students); } })
      .catch(function () { /* the search button is there */ });
  }

  function askSoon() {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, 200);
  }

  name.addEventListener("input", askSoon);
  born.addEventListener("input", askSoon);
  who.addEventListener("keydown", function (event) {
    var buttons = Array.prototype.slice.call(list.querySelectorAll("button"));
    var place = buttons.indexOf(document.activeElement);
    var isDown = event.key === "ArrowDown" && document.activeElement !== born;
    if ((isDown || (event.key === "Enter" && document.activeElement === name)) && buttons.length) {
      if (event.key === "Enter" && place >= 0) { return; }
      event.preventDefault();
      buttons[Math.min(place + 1, buttons.length - 1)].focus();
    } else if (event.key === "ArrowUp" && place >= 0) {
      event.preventDefault();
      (buttons[place - 1] || name).focus();
    }
  });
}());
