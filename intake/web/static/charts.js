// Draws each table's numbers beside it (Chart.js). Without this script the table is all there is.
(function () {
  "use strict";
  if (!window.Chart) { return; }

  // Okabe and Ito's colours, which colour-blind people tell apart, each with a pattern of its own.
  var LOOKS = {
    consented: ["#0072b2", "plain"], yes: ["#0072b2", "plain"],
    declined: ["#d55e00", "rising"], no: ["#d55e00", "rising"],
    revoked: ["#9d4b83", "crossed"], taken_back: ["#9d4b83", "crossed"],
    unconfirmed: ["#e69f00", "dotted"],
    invited: ["#56b4e9", "falling"],
    not_asked: ["#c9ced4", "plain"],
    withheld: ["#ffffff", "level"],
    cases: ["#0072b2", "plain"]
  };
  var INK = "#1d2530";
  var SIZE = 8;

  var MARKS = {
    rising: function (pen) { pen.moveTo(-1, SIZE + 1); pen.lineTo(SIZE + 1, -1); },
    falling: function (pen) { pen.moveTo(-1, -1); pen.lineTo(SIZE + 1, SIZE + 1); },
    level: function (pen) { pen.moveTo(0, SIZE / 2); pen.lineTo(SIZE, SIZE / 2); },
    crossed: function (pen) { MARKS.rising(pen); MARKS.falling(pen); },
    dotted: function (pen) { pen.moveTo(SIZE / 2 - 1, SIZE / 2); pen.lineTo(SIZE / 2 + 1, SIZE / 2); },
    plain: function () {}
  };

  function fill(kind) {
    var look = LOOKS[kind];
    var tile = document.createElement("canvas");
    tile.width = tile.height = SIZE;
    var pen = tile.getContext("2d");
    pen.fillStyle = look[0];
    pen.fillRect(0, 0, SIZE, SIZE);
    pen.strokeStyle = kind === "withheld" ? "#8a939e" : "rgba(255,255,255,0.85)";
    pen.lineWidth = look[1] === "dotted" ? 2 : 1.2;
    pen.beginPath();
    MARKS[look[1]](pen);
    pen.stroke();
    return pen.createPattern(tile, "repeat");
  }

  // Each piece says its own number, where there is room for it.
  function numbers(format) {
    return {
      id: "numbers",
      afterDatasetsDraw: function (chart) {
        var pen = chart.ctx;
        pen.save();
        pen.font = "600 12px " + Chart.defaults.font.family;
        pen.textAlign = "center";
        pen.textBaseline = "middle";
        pen.lineJoin = "round";
        chart.data.datasets.forEach(function (set, index) {
          chart.getDatasetMeta(index).data.forEach(function (bar, at) {
            var value = set.data[at];
            if (!value || chart.getDatasetMeta(index).hidden) { return; }
            var text = format.format(value);
            var box = bar.getProps(["x", "y", "base", "width", "height"], true);
            var flat = chart.options.indexAxis === "y";
            var length = Math.abs(flat ? box.x - box.base : box.y - box.base);
            var across = flat ? box.height : box.width;
            var needed = pen.measureText(text).width + 4;
            if ((flat ? length : across) < needed || (flat ? across : length) < 13) { return; }
            var x = flat ? (box.x + box.base) / 2 : box.x;
            var y = flat ? box.y : (box.y + box.base) / 2;
            pen.lineWidth = 3;
            pen.strokeStyle = "#fff";
            pen.strokeText(text, x, y);
            pen.fillStyle = INK;
            pen.fillText(text, x, y);
          });
        });
        pen.restore();
      }
    };
  }

  // A long name goes on in a second line; half of a phone's width is for the bars.
  function lines(label, most) {
    return label.split(" ").reduce(function (found, word) {
      var last = found[found.length - 1];
      if (last && (last + " " + word).length <= most) { found[found.length - 1] = last + " " + word; }
      else { found.push(word); }
      return found;
    }, []);
  }

  function draw(figure) {
    var plot = JSON.parse(figure.dataset.plot);
    var canvas = figure.querySelector("canvas");
    var rows = plot.shape === "rows";
    var format = new Intl.NumberFormat(plot.locale);
    var counted = {
      stacked: true, beginAtZero: true, reverse: rows && plot.rtl, grid: { color: "#dfe4e9" },
      ticks: { precision: 0, callback: function (value) { return format.format(value); } },
      position: rows ? "bottom" : (plot.rtl ? "right" : "left")
    };
    var named = {
      stacked: true, grid: { display: false }, reverse: !rows && plot.rtl,
      position: rows ? (plot.rtl ? "right" : "left") : "bottom",
      ticks: { autoSkip: !rows, maxRotation: 0 }
    };
    figure.hidden = false;
    var most = figure.clientWidth < 480 ? 14 : 26;
    figure.classList.add(plot.shape);
    if (rows) { canvas.parentNode.dataset.rows = Math.min(plot.labels.length, 12); }
    new Chart(canvas, {
      type: "bar",
      data: {
        labels: plot.labels.map(function (label) { return lines(label, rows ? most : 8); }),
        datasets: plot.series.map(function (one) {
          return {
            label: one.label, data: one.values, backgroundColor: fill(one.kind),
            borderColor: INK, borderWidth: 0.5, maxBarThickness: 44
          };
        })
      },
      options: {
        animation: false, maintainAspectRatio: false, locale: plot.locale,
        indexAxis: rows ? "y" : "x",
        scales: rows ? { x: counted, y: named } : { x: named, y: counted },
        plugins: {
          legend: { rtl: plot.rtl, position: "bottom", display: plot.series.length > 1, onClick: null },
          tooltip: { rtl: plot.rtl, textDirection: plot.rtl ? "rtl" : "ltr" }
        }
      },
      plugins: [numbers(format)]
    });
  }

  var family = window.getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.family = family;
  Chart.defaults.font.size = 13;
  Chart.defaults.color = INK;
  // A canvas does not draw itself anew when a font arrives; the tables have asked for the same ones.
  document.fonts.ready.then(function () {
    document.querySelectorAll("[data-plot]").forEach(draw);
  });
  window.addEventListener("beforeprint", function () {
    Object.values(Chart.instances).forEach(function (chart) { chart.resize(640, chart.height); });
  });
  window.addEventListener("afterprint", function () {
    Object.values(Chart.instances).forEach(function (chart) { chart.resize(); });
  });
}());
