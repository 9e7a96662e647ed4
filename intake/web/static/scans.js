// Sending scans: dropped or chosen files go at once, photos are collected first. Each file is a
// request of its own, so that one that is refused stops no other. Without this script the form
// sends all files together.
(function () {
  "use strict";
  var form = document.getElementById("upload");
  var words = form.dataset;
  var token = form.querySelector("[name=csrf_token]").value;
  var list = form.querySelector(".chosen");
  var status = form.querySelector(".sending");
  var button = form.querySelector("button");
  var area = form.querySelector(".drop");
  var chosen = [];
  var begun = null;
  var isSending = false;

  function size(bytes) { return (bytes / 1e6).toFixed(1) + " MB"; }

  function show(entry) {
    var item = document.createElement("li");
    var name = document.createElement("bdi");
    name.textContent = entry.file.name;
    entry.said = document.createElement("span");
    entry.said.textContent = size(entry.file.size);
    entry.bar = document.createElement("progress");
    entry.bar.max = 1;
    entry.bar.value = 0;
    entry.bar.hidden = true;
    entry.bar.setAttribute("aria-label", entry.file.name);
    var remove = document.createElement("button");
    remove.type = "button";
    remove.className = "quiet";
    remove.textContent = words.remove;
    remove.setAttribute("aria-label", words.remove + ": " + entry.file.name);
    remove.addEventListener("click", function () {
      chosen.splice(chosen.indexOf(entry), 1);
      item.remove();
      list.hidden = chosen.length === 0;
      button.focus();
    });
    entry.remove = remove;
    entry.item = item;
    item.append(name, " ", entry.said, " ", entry.bar, " ", remove);
    list.append(item);
    list.hidden = false;
  }

  function add(files) {
    Array.prototype.forEach.call(files, function (file) {
      var entry = { file: file };
      chosen.push(entry);
      show(entry);
      if (file.size > Number(words.largest)) { fail(entry, words.tooLarge); }
    });
  }

  function fail(entry, message) {
    entry.failed = true;
    entry.bar.hidden = true;
    entry.said.textContent = message;
    entry.item.classList.add("failed");
  }

  function request(address, body, headers, onProgress) {
    return new Promise(function (resolve, reject) {
      var sending = new XMLHttpRequest();
      sending.open("POST", address);
      sending.setRequestHeader("X-CSRF-Token", token);
      Object.keys(headers).forEach(function (name) {
        sending.setRequestHeader(name, headers[name]);
      });
      if (onProgress) { sending.upload.addEventListener("progress", onProgress); }
      sending.addEventListener("load", function () {
        var answer = null;
        try { answer = JSON.parse(sending.responseText); } catch (error) { answer = null; }
        if (sending.status === 200 && answer) { resolve(answer); return; }
        reject(answer && answer.problem);
      });
      sending.addEventListener("error", function () { reject(null); });
      sending.send(body);
    });
  }

  function sendOne(address, entry) {
    entry.remove.hidden = true;
    entry.bar.hidden = false;
    var headers = {
      "X-File-Name": encodeURIComponent(entry.file.name),
      "Content-Type": "application/octet-stream"
    };
    return request(address + "/files", entry.file, headers, function (event) {
      if (event.lengthComputable) { entry.bar.value = event.loaded / event.total; }
    }).then(function () {
      entry.bar.hidden = true;
      entry.said.textContent = words.sent;
      entry.sent = true;
    }, function (problem) { fail(entry, problem || words.failed); });
  }

  // The last step is a plain form, so that the browser goes to the batch's own page.
  function read(address) {
    form.removeAttribute("enctype");
    form.querySelectorAll("input[type=file]").forEach(function (input) { input.disabled = true; });
    form.action = address + "/read";
    form.submit();
  }

  function idle(said) {
    isSending = false;
    button.disabled = false;
    status.textContent = said;
  }

  function send() {
    var waiting = chosen.filter(function (entry) { return !entry.failed && !entry.sent; });
    if (isSending || waiting.length === 0) { return; }
    isSending = true;
    button.disabled = true;
    status.textContent = words.sending + " …";
    (begun || request(words.begin, null, {})).then(function (batch) {
      begun = Promise.resolve(batch);
      return waiting.reduce(function (before, entry) {
        return before.then(function () { return sendOne(batch.address, entry); });
      }, Promise.resolve()).then(function () {
        var sent = chosen.some(function (entry) { return entry.sent; });
        var failed = chosen.some(function (entry) { return entry.failed; });
        if (sent && !failed) { read(batch.address); return; }
        if (sent) { button.textContent = words.goOn; }
        idle("");
        send();
      });
    }).catch(function (problem) { idle(problem || words.failed); });
  }

  // Something could not be sent, and somebody has read why: go on without it.
  function goOn() {
    var waiting = chosen.some(function (entry) { return !entry.failed && !entry.sent; });
    if (waiting || !begun) { send(); return; }
    begun.then(function (batch) { read(batch.address); });
  }

  form.querySelector(".drop-here").hidden = false;
  document.getElementById("files").addEventListener("change", function (event) {
    add(event.target.files);
    event.target.value = "";
    send();
  });
  document.getElementById("camera").addEventListener("change", function (event) {
    add(event.target.files);
    event.target.value = "";
    button.focus();
  });
  form.addEventListener("submit", function (event) {
    if (chosen.length === 0) { return; }
    event.preventDefault();
    goOn();
  });
  // Wherever on the page it is dropped: a file that misses must not open in the browser.
  document.addEventListener("dragover", function (event) {
    event.preventDefault();
    area.classList.add("over");
  });
  document.addEventListener("dragleave", function (event) {
    if (event.relatedTarget === null) { area.classList.remove("over"); }
  });
  document.addEventListener("drop", function (event) {
    event.preventDefault();
    area.classList.remove("over");
    add(event.dataTransfer.files);
    send();
  });
}());
