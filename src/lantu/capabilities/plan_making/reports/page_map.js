"use strict";
// The map: a canvas over plane coordinates in metres, y to the north. It knows findings by number only.
function makeMap(holder, data, hooks) {
  const canvas = holder.querySelector("canvas");
  const tip = holder.querySelector(".tip");
  const pen = canvas.getContext("2d");
  const findings = data.findings;
  const count = findings.code.length;
  const style = getComputedStyle(document.documentElement);
  const tones = data.severities.map(([name]) => style.getPropertyValue("--" + name).trim());
  const GROUND = {
    permanent_basic_farmland: ["rgb(226 205 116 / .50)", "#a08a25"],
    ecological_redline: ["rgb(140 182 138 / .55)", "#4c7d4f"],
    urban_development_boundary: ["rgb(214 150 138 / .30)", "#ad5145"],
  };
  const OTHER_GROUND = ["rgb(150 165 175 / .25)", "#6c7d88"];
  const CELL_PX = 46, REACH_PX = 15, OUTLINE_PX = 12, GREATEST_SCALE = 40;

  const view = { x: 0, y: 0, scale: 1 };
  let width = 0, height = 0, shown = [], shownVersion = 0, clusterKey = "", clusters = [], drawn = [];
  let selected = -1, hovered = null, focused = null, waiting = false, flight = 0, untouched = true;

  // Geometry arrives as whole decimetres: the first vertex absolute, the rest as steps.
  function pathOf(shape, bounds) {
    const path = new Path2D();
    for (let part = 1; part < shape.length; part++) {
      const steps = shape[part];
      let x = 0, y = 0;
      for (let index = 0; index < steps.length; index += 2) {
        x += steps[index]; y += steps[index + 1];
        const east = x / 10, north = y / 10;
        if (index) path.lineTo(east, north); else path.moveTo(east, north);
        if (bounds) {
          bounds[0] = Math.min(bounds[0], east); bounds[1] = Math.min(bounds[1], north);
          bounds[2] = Math.max(bounds[2], east); bounds[3] = Math.max(bounds[3], north);
        }
      }
      if (shape[0] === 2) path.closePath();
    }
    return path;
  }
  const nowhere = () => [Infinity, Infinity, -Infinity, -Infinity];
  const units = data.map.units.map(([unit, shape, spot]) => {
    const bounds = nowhere();
    return { unit, path: pathOf(shape, bounds), bounds, x: spot[0] / 10, y: spot[1] / 10 };
  });
  const ground = data.map.backdrop.map(([layer, , , shape]) => ({ path: pathOf(shape), colours: GROUND[layer] || OTHER_GROUND }));
  const shapes = new Map();
  function shapeOf(finding) {
    if (!findings.shape[finding]) return null;
    if (!shapes.has(finding)) {
      const bounds = nowhere();
      shapes.set(finding, { path: pathOf(findings.shape[finding], bounds), bounds, kind: findings.shape[finding][0] });
    }
    return shapes.get(finding);
  }
  const east = new Float64Array(count), north = new Float64Array(count), size = new Float64Array(count);
  for (let finding = 0; finding < count; finding++) {
    const place = findings.place[finding];
    east[finding] = place ? place[0] / 10 : NaN;
    north[finding] = place ? place[1] / 10 : NaN;
    const shape = findings.shape[finding];
    if (!shape) continue;
    let x = 0, y = 0, left = Infinity, right = -Infinity, low = Infinity, high = -Infinity;
    for (let part = 1; part < shape.length; part++) {
      x = 0; y = 0;
      for (let index = 0; index < shape[part].length; index += 2) {
        x += shape[part][index]; y += shape[part][index + 1];
        if (x < left) left = x; if (x > right) right = x; if (y < low) low = y; if (y > high) high = y;
      }
    }
    size[finding] = Math.max(right - left, high - low) / 10;
  }

  const toScreen = (x, y) => [(x - view.x) * view.scale + width / 2, (view.y - y) * view.scale + height / 2];
  const toWorld = (px, py) => [(px - width / 2) / view.scale + view.x, view.y - (py - height / 2) / view.scale];
  function redraw() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  }
  function frameOf(bounds, margin) {
    const wide = Math.max(bounds[2] - bounds[0], 1), tall = Math.max(bounds[3] - bounds[1], 1);
    const scale = Math.min((width - 2 * margin) / wide, (height - 2 * margin) / tall, GREATEST_SCALE);
    return { x: (bounds[0] + bounds[2]) / 2, y: (bounds[1] + bounds[3]) / 2, scale: Math.max(scale, 1e-6) };
  }
  const whole = () => frameOf([0, 0, Math.max(data.map.extent[0] / 10, 1), Math.max(data.map.extent[1] / 10, 1)], 26);
  function fly(target) {
    untouched = false;
    cancelAnimationFrame(flight);
    target.scale = Math.min(Math.max(target.scale, whole().scale / 3), GREATEST_SCALE);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || !width) { Object.assign(view, target); redraw(); return; }
    const from = { ...view }, began = performance.now();
    const step = (now) => {
      const share = Math.min(Math.max((now - began) / 280, 0), 1), eased = 1 - (1 - share) ** 3;
      view.scale = from.scale * (target.scale / from.scale) ** eased;
      // Move so that the place grows steadily under the eye instead of swinging past it.
      const part = Math.abs(target.scale / from.scale - 1) < 1e-9 ? eased : (1 / from.scale - 1 / view.scale) / (1 / from.scale - 1 / target.scale);
      view.x = from.x + (target.x - from.x) * part; view.y = from.y + (target.y - from.y) * part;
      draw();
      if (share < 1) flight = requestAnimationFrame(step);
    };
    flight = requestAnimationFrame(step);
  }
  function zoom(factor, px = width / 2, py = height / 2) {
    untouched = false;
    cancelAnimationFrame(flight);
    const [x, y] = toWorld(px, py);
    view.scale = Math.min(Math.max(view.scale * factor, whole().scale / 3), GREATEST_SCALE);
    view.x = x - (px - width / 2) / view.scale; view.y = y + (py - height / 2) / view.scale;
    redraw();
  }

  function gather() {
    const level = Math.round(Math.log2(view.scale)), key = level + "/" + shownVersion;
    if (key === clusterKey) return;
    clusterKey = key;
    const cell = CELL_PX / 2 ** level, cells = new Map();
    for (const finding of shown) {
      if (Number.isNaN(east[finding])) continue;
      const name = Math.floor(east[finding] / cell) * 1e7 + Math.floor(north[finding] / cell);
      let cluster = cells.get(name);
      if (!cluster) cells.set(name, (cluster = { members: [], x: 0, y: 0, counts: tones.map(() => 0) }));
      cluster.members.push(finding);
      cluster.x += east[finding]; cluster.y += north[finding];
      cluster.counts[findings.severity[finding]]++;
    }
    clusters = [...cells.values()];
    for (const cluster of clusters) { cluster.x /= cluster.members.length; cluster.y /= cluster.members.length; }
    clusters.sort((one, other) => one.members.length - other.members.length);
  }
  function symbol(severity, x, y, radius) {
    pen.beginPath();
    if (severity === 0) { pen.moveTo(x, y - radius); pen.lineTo(x + radius, y); pen.lineTo(x, y + radius); pen.lineTo(x - radius, y); pen.closePath(); }
    else if (severity === 1) { pen.moveTo(x, y - radius * .95); pen.lineTo(x + radius, y + radius * .8); pen.lineTo(x - radius, y + radius * .8); pen.closePath(); }
    else if (severity === 2) pen.arc(x, y, radius * .8, 0, 7);
    else pen.rect(x - radius * .68, y - radius * .68, radius * 1.36, radius * 1.36);
    pen.fillStyle = severity === 3 ? "#fff" : tones[severity];
    pen.strokeStyle = severity === 3 ? tones[3] : "#fff";
    pen.lineWidth = severity === 3 ? 2 : 1.4;
    pen.fill(); pen.stroke();
  }
  function ring(cluster, x, y, radius) {
    const total = cluster.members.length;
    pen.beginPath(); pen.arc(x, y, radius + 1.5, 0, 7); pen.fillStyle = "rgb(255 254 251 / .96)"; pen.fill();
    let from = -Math.PI / 2;
    cluster.counts.forEach((number, severity) => {
      if (!number) return;
      const to = from + 2 * Math.PI * number / total;
      pen.beginPath(); pen.arc(x, y, radius - 1.5, from, to); pen.lineWidth = 4; pen.strokeStyle = tones[severity]; pen.stroke();
      from = to;
    });
    pen.fillStyle = "#1d282e"; pen.font = "600 11.5px system-ui, sans-serif"; pen.textAlign = "center"; pen.textBaseline = "middle";
    pen.fillText(total < 10000 ? total : Math.round(total / 1000) + "k", x, y + .5);
  }
  function draw() {
    if (!width) return;
    const ratio = canvas.width / width;
    const inWorld = () => pen.setTransform(ratio * view.scale, 0, 0, -ratio * view.scale, ratio * (width / 2 - view.x * view.scale), ratio * (height / 2 + view.y * view.scale));
    const onScreen = () => pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    onScreen();
    pen.clearRect(0, 0, width, height);
    inWorld();
    pen.lineJoin = "round";
    pen.fillStyle = "#fbfaf6";
    for (const { path } of units) pen.fill(path, "evenodd");
    for (const { path, colours } of ground) {
      pen.fillStyle = colours[0]; pen.fill(path, "evenodd");
      pen.strokeStyle = colours[1]; pen.lineWidth = .8 / view.scale; pen.stroke(path);
    }
    for (const entry of units) {
      const over = focused === entry || (hovered && hovered.unit === entry);
      pen.strokeStyle = over ? "#1b5e5a" : "#7b868b"; pen.lineWidth = (over ? 2 : 1.1) / view.scale; pen.stroke(entry.path);
    }
    const [left, top] = toWorld(-40, -40), [right, low] = toWorld(width + 40, height + 40);
    const inView = (x, y, reach) => x + reach > left && x - reach < right && y + reach > low && y - reach < top;
    let budget = 4000;
    for (const finding of shown) {
      if (size[finding] * view.scale < OUTLINE_PX || !inView(east[finding], north[finding], size[finding]) || budget-- <= 0) continue;
      outline(finding, 1.3, .28);
    }
    if (selected >= 0 && size[selected] * view.scale >= 2) outline(selected, 3, .35);
    onScreen();
    gather();
    drawn = [];
    for (const cluster of clusters) {
      if (!inView(cluster.x, cluster.y, 0)) continue;
      const [x, y] = toScreen(cluster.x, cluster.y), total = cluster.members.length;
      const radius = total === 1 ? 7 : 11 + Math.min(9, 2.6 * Math.log10(total));
      if (total === 1) symbol(findings.severity[cluster.members[0]], x, y, radius); else ring(cluster, x, y, radius);
      drawn.push({ x, y, radius, cluster });
    }
    label();
    if (selected >= 0 && !Number.isNaN(east[selected])) {
      const [x, y] = toScreen(east[selected], north[selected]);
      pen.beginPath(); pen.arc(x, y, 14, 0, 7); pen.lineWidth = 5; pen.strokeStyle = "#fff"; pen.stroke();
      pen.lineWidth = 2.5; pen.strokeStyle = "#1d282e"; pen.stroke();
      symbol(findings.severity[selected], x, y, 8);
    }
    scalebar();
  }
  function outline(finding, thick, fill) {
    const { path, kind } = shapeOf(finding);
    const tone = tones[findings.severity[finding]];
    if (kind === 2) { pen.globalAlpha = fill; pen.fillStyle = tone; pen.fill(path, "evenodd"); pen.globalAlpha = 1; }
    pen.strokeStyle = tone; pen.lineWidth = (kind === 1 ? 2 * thick : thick) / view.scale; pen.stroke(path);
  }
  function label() {
    pen.font = "600 12.5px system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";
    pen.textAlign = "center"; pen.textBaseline = "middle"; pen.lineJoin = "round";
    const taken = [];
    for (const entry of units) {
      const [x, y] = toScreen(entry.x, entry.y), text = hooks.unitName(entry.unit);
      if ((entry.bounds[2] - entry.bounds[0]) * view.scale < 46) continue;
      // A name steps aside for the symbols and for other names, and goes where it hides least.
      const half = pen.measureText(text).width / 2;
      const hidden = (step) => drawn.filter((item) => Math.abs(item.x - x) < item.radius + half && Math.abs(item.y - y - step) < item.radius + 8).length
        + 5 * taken.filter((other) => Math.abs(other.x - x) < other.half + half + 4 && Math.abs(other.y - y - step) < 17).length;
      const step = [0, -14, 14, -26, 26, -38, 38, -50, 50].reduce((best, offset) => (hidden(offset) < hidden(best) ? offset : best));
      taken.push({ x, y: y + step, half });
      pen.lineWidth = 4; pen.strokeStyle = "rgb(251 250 246 / .92)"; pen.strokeText(text, x, y + step);
      pen.fillStyle = "#333f46"; pen.fillText(text, x, y + step);
    }
  }
  function scalebar() {
    const bar = holder.querySelector(".scalebar"), most = 130 / view.scale, power = 10 ** Math.floor(Math.log10(most));
    const metres = power * (most / power >= 5 ? 5 : most / power >= 2 ? 2 : 1);
    bar.style.width = metres * view.scale + "px";
    bar.firstElementChild.textContent = metres >= 1000 ? metres / 1000 + " km" : metres + " m";
  }

  function under(px, py) {
    let best = null, nearest = Infinity;
    for (const item of drawn) {
      const distance = Math.hypot(item.x - px, item.y - py);
      if (distance < Math.max(item.radius + 3, REACH_PX) && distance < nearest) { nearest = distance; best = item; }
    }
    if (best) return { cluster: best.cluster, x: best.x, y: best.y };
    const [x, y] = toWorld(px, py);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    const unit = units.find((entry) => x >= entry.bounds[0] && x <= entry.bounds[2] && y >= entry.bounds[1] && y <= entry.bounds[3] && pen.isPointInPath(entry.path, x, y, "evenodd"));
    return unit ? { unit, x: px, y: py } : null;
  }
  function hover(px, py) {
    const before = hovered;
    hovered = px === null ? null : under(px, py);
    canvas.classList.toggle("over", Boolean(hovered && hovered.cluster));
    if ((before && before.unit) !== (hovered && hovered.unit)) redraw();
    tip.hidden = !hovered;
    if (!hovered) return;
    tip.replaceChildren(...(hovered.cluster ? hooks.clusterTip(hovered.cluster) : hooks.unitTip(hovered.unit.unit)));
    const x = hovered.cluster ? hovered.x : px, y = hovered.cluster ? hovered.y : py;
    tip.style.left = Math.max(4, Math.min(x + 14, width - tip.offsetWidth - 6)) + "px";
    tip.style.top = (y + 18 + tip.offsetHeight > height ? y - tip.offsetHeight - 12 : y + 16) + "px";
  }
  function press(px, py) {
    const hit = under(px, py);
    if (!hit || !hit.cluster) return;
    const members = hit.cluster.members;
    if (members.length === 1) { hooks.choose(members[0]); return; }
    const bounds = nowhere();
    for (const finding of members) {
      bounds[0] = Math.min(bounds[0], east[finding]); bounds[1] = Math.min(bounds[1], north[finding]);
      bounds[2] = Math.max(bounds[2], east[finding]); bounds[3] = Math.max(bounds[3], north[finding]);
    }
    const spread = Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1]);
    if (spread < 2 || view.scale >= GREATEST_SCALE * .99) hooks.onePlace(members);
    else fly(frameOf(bounds, Math.min(width, height) / 4));
  }

  const pointers = new Map();
  let travelled = 0, apart = 0;
  const local = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, local(event));
    cancelAnimationFrame(flight);
    if (pointers.size === 1) travelled = 0;
    apart = 0;
    tip.hidden = true;
  });
  canvas.addEventListener("pointermove", (event) => {
    const [px, py] = local(event), last = pointers.get(event.pointerId);
    if (!last) { if (event.pointerType !== "touch") hover(px, py); return; }
    pointers.set(event.pointerId, [px, py]);
    travelled += Math.hypot(px - last[0], py - last[1]);
    if (pointers.size === 1) {
      if (travelled < 4) return;
      canvas.classList.add("held");
      untouched = false;
      view.x -= (px - last[0]) / view.scale; view.y += (py - last[1]) / view.scale;
      redraw();
    } else if (pointers.size === 2) {
      const [one, other] = [...pointers.values()], gap = Math.hypot(one[0] - other[0], one[1] - other[1]);
      if (apart) zoom(gap / apart, (one[0] + other[0]) / 2, (one[1] + other[1]) / 2);
      apart = gap;
    }
  });
  const release = (event) => {
    const [px, py] = local(event), alone = pointers.size === 1 && pointers.has(event.pointerId);
    pointers.delete(event.pointerId);
    apart = 0;
    canvas.classList.remove("held");
    if (alone && travelled < 5 && event.type === "pointerup") { press(px, py); if (event.pointerType === "touch") hover(px, py); }
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => hover(null, null));
  canvas.addEventListener("dblclick", (event) => zoom(2, ...local(event)));
  // A wheel that is scrolling the page past the map must not be caught by it.
  let lastScroll = 0;
  addEventListener("scroll", () => { lastScroll = performance.now(); }, { passive: true });
  canvas.addEventListener("wheel", (event) => {
    if (performance.now() - lastScroll < 350 && !event.ctrlKey && document.activeElement !== canvas) return;
    event.preventDefault();
    const notch = event.deltaMode === 1 ? event.deltaY * 18 : event.deltaY;
    zoom(Math.exp(-Math.max(-160, Math.min(160, notch)) * .0028), ...local(event));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 70 / view.scale;
    const acts = {
      ArrowLeft: () => { view.x -= step; }, ArrowRight: () => { view.x += step; }, ArrowUp: () => { view.y += step; }, ArrowDown: () => { view.y -= step; },
      "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), _: () => zoom(1 / 1.5), 0: () => fly(whole()), Home: () => fly(whole()),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    untouched = false;
    acts[event.key]();
    redraw();
  });
  for (const button of holder.querySelectorAll("[data-act]")) {
    button.addEventListener("click", () => ({ in: () => zoom(1.6), out: () => zoom(1 / 1.6), home: () => fly(whole()) })[button.dataset.act]());
  }
  function fit() {
    const box = canvas.getBoundingClientRect(), ratio = Math.min(devicePixelRatio || 1, 3);
    if (!box.width) return;
    width = box.width; height = box.height;
    canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
    if (untouched) Object.assign(view, whole());
    draw();
  }
  new ResizeObserver(fit).observe(canvas);
  fit();

  return {
    redraw, fit,
    grounds: data.map.backdrop.map(([layer]) => GROUND[layer] || OTHER_GROUND),
    show(numbers) { shown = numbers; shownVersion++; redraw(); },
    focusUnit(unit) {
      focused = units.find((entry) => entry.unit === unit) || null;
      fly(focused ? frameOf(focused.bounds, 40) : whole());
    },
    select(finding) { selected = finding; redraw(); },
    ensureSeen(finding) {
      if (Number.isNaN(east[finding])) return;
      const [px, py] = toScreen(east[finding], north[finding]);
      if (px < 30 || py < 30 || px > width - 30 || py > height - 30) fly({ x: east[finding], y: north[finding], scale: view.scale });
    },
    zoomTo(finding) {
      if (Number.isNaN(east[finding])) return;
      const reach = Math.max(size[finding], 60) * 1.6, shape = shapeOf(finding);
      const [x, y] = shape ? [(shape.bounds[0] + shape.bounds[2]) / 2, (shape.bounds[1] + shape.bounds[3]) / 2] : [east[finding], north[finding]];
      fly(frameOf([x - reach / 2, y - reach / 2, x + reach / 2, y + reach / 2], 20));
    },
  };
}
