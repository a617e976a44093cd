"use strict";
/* The shareable map's own script. Every text goes on the page as a text node, never as markup. */
(function () {
  const INK = { running: "#0b8d7d", amber: "#bd6e00", red: "#d0263b", none: "#7b8490" };
  const CLOCKS = [["running", "按时"], ["amber", "将超时"], ["red", "超时"], ["none", "不计时"]];
  const SHAPES = {
    circle: '<circle cx="10" cy="10" r="7.2"/>',
    square: '<rect x="3.4" y="3.4" width="13.2" height="13.2" rx="1"/>',
    triangle: '<path d="M10 2.4 18 16.6H2Z"/>',
    diamond: '<path d="M10 1.6 18.4 10 10 18.4 1.6 10Z"/>',
    hexagon: '<path d="M5.8 2.8h8.4L18.4 10l-4.2 7.2H5.8L1.6 10Z"/>',
    star: '<path d="m10 1.4 2.6 5.5 6 .8-4.4 4.2 1.1 6L10 15l-5.3 2.9 1.1-6L1.4 7.7l6-.8Z"/>',
  };
  const SHAPE_OF = {
    12345: "circle", grid: "square", 12319: "triangle", 110: "diamond", department: "hexagon",
    station: "hexagon", video_patrol: "star", inspection: "star", machine: "star",
  };
  const LEGEND = [
    ["circle", "12345"], ["square", "网格"], ["triangle", "12319"], ["diamond", "110"],
    ["hexagon", "提请联动"], ["star", "巡查发现"],
  ];
  const STEP = 10 * 60 * 1000;
  const BARS = 48;
  const TZ = 8 * 3600 * 1000; // the day is Shanghai's wherever the file is opened

  function el(tag, name, ...inside) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    for (const one of inside) node.append(one);
    return node;
  }

  function two(number) {
    return String(number).padStart(2, "0");
  }

  function clockTime(ms) {
    const at = new Date(ms + TZ);
    return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  }

  function dayAndTime(ms) {
    const at = new Date(ms + TZ);
    return `${at.getUTCMonth() + 1}月${at.getUTCDate()}日 ${clockTime(ms)}`;
  }

  function clockAt(one, t) {
    if (!one.due_at) return "none";
    if (one.due_at <= t) return "red";
    return one.warn_at && one.warn_at <= t ? "amber" : "running";
  }

  function span(ms) {
    const minutes = Math.max(1, Math.round(ms / 60000));
    if (minutes < 60) return `${minutes}分`;
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? `${hours}小时${minutes % 60 ? `${minutes % 60}分` : ""}` : `${Math.floor(hours / 24)}天`;
  }

  function remaining(one, t) {
    if (!one.due_at) return "不计时";
    return one.due_at <= t ? `超时 ${span(t - one.due_at)}` : `剩余 ${span(one.due_at - t)}`;
  }

  /* Fixed drawings only; no text of a case comes here. */
  function svg(shape, colour, ring) {
    const edge = ring ? '<circle cx="10" cy="10" r="12" fill="none" stroke="#1d2530" stroke-width="1.5"/>' : "";
    return `<svg viewBox="-4 -4 28 28" width="24" height="24" aria-hidden="true">${edge}` +
      `<g fill="${colour}" stroke="#fff" stroke-width="1.4">${SHAPES[shape]}</g></svg>`;
  }

  function symbol(shape, colour) {
    const box = el("span", "sp-symbol");
    box.innerHTML = svg(shape, colour, false);
    return box;
  }

  window.situationClusterIcon = function (cluster) {
    const counts = { running: 0, amber: 0, red: 0, none: 0 };
    const marks = cluster.getAllChildMarkers();
    for (const mark of marks) counts[mark.options.clock] += 1;
    let from = 0;
    const parts = [];
    for (const key of ["red", "amber", "running", "none"]) {
      const to = from + (counts[key] / marks.length) * 360;
      if (to > from) parts.push(`${INK[key]} ${from.toFixed(1)}deg ${to.toFixed(1)}deg`);
      from = to;
    }
    const size = marks.length < 10 ? 30 : marks.length < 40 ? 36 : 42;
    const ring = el("div", "sp-cluster", el("b", "", String(marks.length)));
    ring.style.background = `conic-gradient(${parts.join(",")})`;
    return L.divIcon({ html: ring, className: "sp-icon", iconSize: [size, size] });
  };

  const ORDER = ["案件", "热力", "视频", "社区网格", "地名"];
  window.situationOrder = (_a, _b, one, other) => ORDER.indexOf(one) - ORDER.indexOf(other);

  window.situationPage = function (parts) {
    const figures = JSON.parse(document.getElementById("figures").textContent);
    const { map } = parts;
    L.control.attribution({ prefix: false }).addAttribution(escaped(credit(figures))).addTo(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    Object.assign(map.zoomControl.options, { zoomInTitle: "放大", zoomOutTitle: "缩小" });
    map.zoomControl.setPosition("bottomright");
    const wide = window.innerWidth > 760;
    if (figures.bounds) {
      map.fitBounds(figures.bounds, {
        animate: false,
        paddingTopLeft: wide ? [300, 12] : [8, 110], paddingBottomRight: wide ? [60, 100] : [8, 130],
      });
    }
    drawNames(figures, parts);
    drawCameras(figures, parts.cameras);
    const marks = figures.cases.map((one) => markOf(figures, one));
    const show = (t) => drawCases(parts, figures, marks, t);
    document.body.append(watermark(figures));
    panel(map, "topleft", heading(figures));
    panel(map, "bottomleft", legend(figures));
    const slider = timeline(figures, show);
    document.body.append(slider);
    show(figures.at);
  };

  /* Leaflet takes attributions as markup. */
  function escaped(text) {
    const node = document.createElement("i");
    node.textContent = text;
    return node.innerHTML;
  }

  function credit(figures) {
    return [figures.licence, figures.edition && `网格版本 ${figures.edition}`].filter(Boolean).join(" · ");
  }

  function panel(map, position, node) {
    const control = L.control({ position });
    control.onAdd = () => {
      L.DomEvent.disableClickPropagation(node);
      L.DomEvent.disableScrollPropagation(node);
      return node;
    };
    control.addTo(map);
  }

  function heading(figures) {
    const { counts } = figures;
    const facts = [
      ["今日收件", counts.received_today], ["图上案件", figures.cases.length],
      ["不予受理", counts.refused_today], ["待确认位置", counts.without_location],
    ];
    const line = el("div", "sp-facts", ...facts.map(([word, number]) => el("span", "", `${word} `, el("b", "", String(number)))));
    const box = el("section", "sp-panel sp-heading", el("h1", "", figures.title), el("p", "", `截至 ${dayAndTime(figures.at)} · 编号 ${figures.id}`), line);
    if (counts.in_all > figures.cases.length) {
      box.append(el("p", "sp-cut", `共 ${counts.in_all} 件，图上为最近 ${figures.cases.length} 件`));
    }
    return box;
  }

  function legend(figures) {
    const clocks = el("div", "sp-row", ...CLOCKS.map(([key, word]) => {
      const swatch = el("i", "sp-swatch");
      swatch.style.background = INK[key];
      return el("span", "", swatch, word);
    }));
    const shapes = el("div", "sp-row", ...LEGEND.map(([shape, word]) => el("span", "", symbol(shape, "#4a5462"), word)));
    const rows = el("div", "sp-row",
      el("span", "", el("i", "sp-line sp-split"), "新成路(分界线)"),
      el("span", "", el("i", "sp-line sp-community"), "社区网格"),
      el("span", "", el("i", "sp-wedge"), "视频视域"),
      el("span", "", el("i", "sp-ringed"), "紧急"));
    const areas = el("div", "sp-row", ...figures.sectors.map((one) => {
      const swatch = el("i", "sp-tint");
      swatch.style.background = one.tint;
      swatch.style.borderColor = one.edge;
      return el("span", "", swatch, one.name);
    }));
    const box = el("details", "sp-panel sp-legend", el("summary", "", "图例"), clocks, shapes, areas, rows);
    if (figures.provisional) {
      box.querySelector("summary").append(el("em", "sp-badge", "示意边界"));
      box.append(el("p", "sp-notice", figures.notice));
    }
    box.open = window.innerWidth > 760;
    return box;
  }

  function drawNames(figures, { map, names }) {
    const labels = [];
    for (const one of figures.labels) {
      const steep = Math.abs(one.turn) > 50; // steep names stand upright, character by character
      const turn = steep ? one.turn - 90 * Math.sign(one.turn) : one.turn;
      // One element a character: not every Chinese font has measures for vertical writing.
      const text = steep ? el("span", "sp-steep", ...[...one.text].map((sign) => el("i", "", sign))) : el("span", "", one.text);
      if (turn) text.style.transform = `translate(-50%,-50%) rotate(${Number(turn)}deg)`;
      const icon = L.divIcon({ html: text, className: `sp-name sp-name-${one.kind}`, iconSize: [0, 0] });
      L.marker(one.at, { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(names);
      labels.push(text);
    }
    const tidy = () => spread(labels);
    map.on("zoomend overlayadd", tidy);
    tidy();
  }

  /* Areas come first in the list; a later name that would lie on an earlier one is left out. */
  function spread(labels) {
    const taken = [];
    for (const label of labels) {
      label.style.visibility = "visible";
      const box = label.getBoundingClientRect();
      const free = taken.every((other) =>
        box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom);
      if (free) taken.push(box);
      else label.style.visibility = "hidden";
    }
  }

  function drawCameras(figures, group) {
    for (const one of figures.cameras) {
      const colour = one.online ? "#5d6b7c" : "#8d98a6";
      const view = wedge(one);
      if (view) {
        L.polygon(view, {
          color: colour, weight: 1, opacity: 0.5, dashArray: one.online ? null : "3 3",
          fillColor: colour, fillOpacity: one.online ? 0.16 : 0, interactive: false,
        }).addTo(group);
      }
      const dot = L.circleMarker(one.at, {
        radius: 2.5, color: colour, weight: 1, fillColor: one.online ? colour : "#fff", fillOpacity: 1,
      });
      dot.bindTooltip(el("span", "", `${one.name} · ${one.online ? "在线" : "离线"}`)).addTo(group);
    }
  }

  /* The ground a camera sees; metres to degrees are good enough at a hundred metres. */
  function wedge(one) {
    if (one.heading === null || one.fov === null || !one.range_m) return null;
    const [lat, lon] = one.at;
    const ring = [[lat, lon]];
    for (let step = 0; step <= 12; step += 1) {
      const bearing = ((one.heading - one.fov / 2 + (one.fov * step) / 12) * Math.PI) / 180;
      ring.push([
        lat + (one.range_m * Math.cos(bearing)) / 110900,
        lon + (one.range_m * Math.sin(bearing)) / (111320 * Math.cos((lat * Math.PI) / 180)),
      ]);
    }
    return ring;
  }

  function markOf(figures, one) {
    const mark = L.marker(one.at, { clock: "none", keyboard: true, title: one.number, alt: one.number });
    mark.one = one;
    mark.bindPopup(() => card(figures, one), { maxWidth: 300, minWidth: 220 });
    return mark;
  }

  function card(figures, one) {
    const clock = clockAt(one, figures.at);
    const tags = [figures.sources[one.source] || one.source, one.status];
    if (one.urgent) tags.push("紧急");
    if (one.supervised) tags.push("督办");
    const due = el("b", `sp-${clock}`, remaining(one, figures.at));
    const box = el("article", "sp-card", el("h2", "", one.title || "(未写标题)"), el("p", "sp-tags", ...tags.map((tag) => el("span", "", tag))));
    if (one.description) box.append(el("p", "sp-told", one.description));
    const facts = el("dl");
    const lines = [
      ["编号", one.number], ["网格", one.community || "待定"], ["类别", one.category],
      ["反映", dayAndTime(one.reported_at)], ["时限", due],
    ];
    for (const [word, value] of lines) if (value) facts.append(el("dt", "", word), el("dd", "", value));
    box.append(facts);
    return box;
  }

  function drawCases(parts, figures, marks, t) {
    const shown = [];
    for (const mark of marks) {
      if (mark.one.reported_at > t) continue;
      const clock = clockAt(mark.one, t);
      if (mark.options.clock !== clock || !mark.drawn) {
        mark.options.clock = clock;
        mark.drawn = true;
        const html = svg(SHAPE_OF[mark.one.source] || "circle", INK[clock], mark.one.urgent);
        mark.setIcon(L.divIcon({ html, className: "sp-icon", iconSize: [24, 24] }));
      }
      shown.push(mark);
    }
    parts.cases.clearLayers();
    parts.cases.addLayers(shown);
    const points = shown.map((mark) => mark.getLatLng());
    parts.heat._latlngs = points;
    if (parts.map.hasLayer(parts.heat)) parts.heat.redraw();
    return shown.length;
  }

  function timeline(figures, show) {
    const steps = Math.round((figures.at - figures.since) / STEP);
    const range = el("input");
    Object.assign(range, { type: "range", min: 0, max: steps, step: 1, value: steps });
    range.setAttribute("aria-label", "时间");
    const play = el("button", "sp-play", "▶");
    play.type = "button";
    const now = el("output", "sp-now");
    const bars = histogram(figures);
    const ends = el("div", "sp-ends", el("span", "", dayAndTime(figures.since)), el("span", "", dayAndTime(figures.at)));
    let timer = null;

    function moment() {
      return Number(range.value) >= steps ? figures.at : figures.since + Number(range.value) * STEP;
    }
    function draw() {
      const t = moment();
      const count = show(t);
      now.replaceChildren(el("b", "", dayAndTime(t)), ` 已反映 ${count} 件`);
      bars.forEach((bar, place) => bar.classList.toggle("sp-past", (place + 0.5) / BARS <= Number(range.value) / steps));
    }
    function stop() {
      clearInterval(timer);
      timer = null;
      play.textContent = "▶";
      play.setAttribute("aria-label", "播放");
    }
    function start() {
      if (Number(range.value) >= steps) range.value = 0;
      play.textContent = "❚❚";
      play.setAttribute("aria-label", "暂停");
      timer = setInterval(() => {
        range.value = Number(range.value) + 1;
        draw();
        if (Number(range.value) >= steps) stop();
      }, 150);
    }
    play.addEventListener("click", () => (timer ? stop() : start()));
    range.addEventListener("input", () => {
      if (timer) stop();
      draw();
    });
    stop();
    draw();
    return el("section", "sp-panel sp-time", play, el("div", "sp-track", now, el("div", "sp-bars", ...bars), range, ends));
  }

  function histogram(figures) {
    const counts = new Array(BARS).fill(0);
    const width = (figures.at - figures.since) / BARS;
    for (const one of figures.cases) {
      const place = Math.floor((one.reported_at - figures.since) / width);
      if (place >= 0 && place <= BARS) counts[Math.min(place, BARS - 1)] += 1;
    }
    const most = Math.max(1, ...counts);
    return counts.map((count, place) => {
      const bar = el("i");
      bar.style.height = `${Math.round((count / most) * 100)}%`;
      bar.title = `${clockTime(figures.since + place * width)} 起半小时 ${count} 件`;
      return bar;
    });
  }

  function watermark(figures) {
    const box = el("div", "sp-watermark");
    box.setAttribute("aria-hidden", "true");
    const text = `${figures.id} · ${dayAndTime(figures.at)}`;
    for (let place = 0; place < 24; place += 1) box.append(el("span", "", text));
    return box;
  }
})();
