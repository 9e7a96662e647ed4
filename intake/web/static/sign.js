// Drawing a signature. Without this script the other ways of signing are all there.
(function () {
  "use strict";
  var MOST_POINTS = 4500;

  function strokesOf(pad) {
    return pad.toData().map(function (group) {
      return group.points.map(function (point) {
        return [Math.round(point.x * 10) / 10, Math.round(point.y * 10) / 10];
      });
    });
  }

  function thinned(strokes) {
    var total = strokes.reduce(function (sum, stroke) { return sum + stroke.length; }, 0);
    var step = Math.ceil(total / MOST_POINTS);
    if (step <= 1) { return strokes; }
    return strokes.map(function (stroke) {
      return stroke.filter(function (_, place) { return place % step === 0 || place === stroke.length - 1; });
    });
  }

  function setUp(box) {
    var canvas = box.querySelector("canvas");
    var field = document.getElementById(canvas.dataset.field);
    var radio = document.getElementById(canvas.dataset.method);
    box.closest(".needs-script").hidden = false;
    var pad = new SignaturePad(canvas, { penColor: "#000", minWidth: 1, maxWidth: 2.5 });
    var width = 0;
    var restored = false;

    function fit() {
      // A phone's address bar changes the height alone: only a new width redraws, nothing is lost.
      if (canvas.offsetWidth === width || canvas.offsetWidth === 0) { return; }
      var factor = width ? canvas.offsetWidth / width : 1;
      var data = pad.toData();
      data.forEach(function (group) {
        group.points.forEach(function (point) { point.x *= factor; });
      });
      width = canvas.offsetWidth;
      var ratio = Math.max(window.devicePixelRatio || 1, 1);
      canvas.width = canvas.offsetWidth * ratio;
      canvas.height = canvas.offsetHeight * ratio;
      canvas.getContext("2d").scale(ratio, ratio);
      pad.fromData(data);
      if (!restored) {
        restored = true;
        restore();
      }
    }

    function keep() {
      field.value = pad.isEmpty() ? "" : JSON.stringify({
        width: canvas.offsetWidth,
        height: canvas.offsetHeight,
        strokes: thinned(strokesOf(pad))
      });
      radio.checked = true;
    }

    function restore() {
      if (!field.value) { return; }
      try {
        var kept = JSON.parse(field.value);
        var factor = canvas.offsetWidth / kept.width;
        pad.fromData(kept.strokes.map(function (stroke) {
          return {
            penColor: "#000", minWidth: 1, maxWidth: 2.5, dotSize: 0, velocityFilterWeight: 0.7,
            compositeOperation: "source-over",
            points: stroke.map(function (point, place) {
              return { x: point[0] * factor, y: point[1], time: place * 16, pressure: 0.5 };
            })
          };
        }));
      } catch (error) {
        field.value = "";
      }
    }

    pad.addEventListener("endStroke", keep);
    box.querySelector(".clear").addEventListener("click", function () {
      pad.clear();
      field.value = "";
    });
    window.addEventListener("resize", fit);
    return fit;
  }

  // One way of signing is open at a time: a page to scroll, and only one box that takes the finger.
  function openChosen(ways, fits) {
    var chosen = ways.filter(function (way) { return way.querySelector("[name=method]").checked; })[0];
    ways.forEach(function (way) {
      way.classList.toggle("closed", way !== (chosen || ways[0]));
    });
    fits.forEach(function (fit) { fit(); });
  }

  var fits = Array.prototype.map.call(document.querySelectorAll(".pad"), setUp);
  var ways = Array.prototype.slice.call(document.querySelectorAll(".way"));
  openChosen(ways, fits);
  document.getElementById("sign-form").addEventListener("change", function (event) {
    if (event.target.name === "method") { openChosen(ways, fits); }
  });
})();
