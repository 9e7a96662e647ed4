// Asks how far a batch is, says it, and shows the result when it is done.
(function () {
  "use strict";
  var box = document.getElementById("progress");
  var said = box.querySelector(".said");
  var failures = 0;

  function ask() {
    fetch(box.dataset.address, { credentials: "same-origin" }).then(function (answer) {
      if (answer.redirected) { window.location.reload(); return null; }
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.json();
    }).then(function (far) {
      if (!far) { return; }
      failures = 0;
      if (far.done) { window.location.replace(box.dataset.next); return; }
      if (said.textContent !== far.said) { said.textContent = far.said; }
      window.setTimeout(ask, 1000);
    }).catch(function () {
      failures += 1;
      window.setTimeout(ask, Math.min(1000 * failures, 15000));
    });
  }

  window.setTimeout(ask, 500);
}());
