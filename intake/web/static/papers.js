// Ticking all students of a list, or none.
(function () {
  "use strict";
  var row = document.querySelector(".people .all");
  if (!row) { return; }
  row.hidden = false;
  row.addEventListener("click", function (event) {
    var wanted = event.target.dataset.tick;
    if (!wanted) { return; }
    document.querySelectorAll(".people input[type=checkbox]").forEach(function (box) {
      box.checked = wanted === "all";
    });
  });
}());
