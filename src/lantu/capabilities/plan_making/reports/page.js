(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const findings = data.findings, count = findings.code.length;
  const byId = (id) => document.getElementById(id);
  const root = document.documentElement;
  const ROW_PX = 58, PRINTED = 400;
  let tongue = root.dataset.language === "zh" ? 1 : 0;

  const say = (key, values = {}) => data.words[key][tongue].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const pick = (entry, from) => entry[from + tongue];
  const number = (value) => {
    if (value === null) return "";
    if (typeof value === "string") return value;
    return value === 0 || Math.abs(value) >= 1 ? value.toLocaleString("en-US", { maximumFractionDigits: 3 }) : String(Number(value.toPrecision(6)));
  };
  const quantity = (finding, name) => {
    const value = number(findings[name][finding]), measure = data.measures[findings.measure[finding]];
    return value && measure ? value + " " + (data.signs[measure] ? data.signs[measure][tongue] : measure) : value;
  };
  const unitName = (unit) => pick(data.units[unit], 1);
  const codeName = (finding) => data.codes[findings.code[finding]];
  const message = (finding) => (tongue ? findings.zh : findings.en)[finding];
  const severityName = (severity) => pick(data.severities[severity], 1);

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "onclick") element.addEventListener("click", value);
      else if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  }
  function mark(severity) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    const name = data.severities[severity][0];
    svg.setAttribute("class", "mark " + name);
    svg.setAttribute("viewBox", "-8 -8 16 16");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", "#mark-" + name);
    svg.append(use);
    return svg;
  }

  const filter = { unit: -1, theme: -1, code: -1, severities: data.severities.map(() => true), text: "", only: null, sort: "severity" };
  let order = [], selected = -1, haystacks = null;

  function matches(finding) {
    if (filter.unit >= 0 && findings.unit[finding] !== filter.unit) return false;
    if (filter.code >= 0 && findings.code[finding] !== filter.code) return false;
    if (filter.theme >= 0 && codeName(finding)[1] !== filter.theme) return false;
    if (filter.only && !filter.only.has(finding)) return false;
    return !filter.text || haystacks[finding].includes(filter.text);
  }
  function apply() {
    if (filter.text && !haystacks) {
      haystacks = findings.en.map((text, finding) => [text, findings.zh[finding], findings.features[finding], codeName(finding)[0]].join("\n").toLowerCase());
    }
    const heard = [];
    const bySeverity = data.severities.map(() => 0);
    for (let finding = 0; finding < count; finding++) {
      if (!matches(finding)) continue;
      bySeverity[findings.severity[finding]]++;
      if (filter.severities[findings.severity[finding]]) heard.push(finding);
    }
    const rank = (finding) => (typeof findings.measured[finding] === "number" ? findings.measured[finding] : -Infinity);
    const sorts = {
      severity: (one, other) => findings.severity[one] - findings.severity[other],
      unit: (one, other) => findings.unit[one] - findings.unit[other],
      code: (one, other) => (codeName(one)[0] < codeName(other)[0] ? -1 : codeName(one)[0] > codeName(other)[0] ? 1 : 0),
      measured: (one, other) => (rank(one) === rank(other) ? 0 : rank(other) - rank(one)),
    };
    order = heard.sort((one, other) => sorts[filter.sort](one, other) || one - other);
    for (const [severity, chip] of [...byId("filter-severity").children].entries()) chip.lastChild.textContent = severityName(severity) + " " + number(bySeverity[severity]);
    if (selected >= 0 && !order.includes(selected)) choose(-1);
    map.show(order);
    byId("list").scrollTop = 0;
    listing();
  }

  const list = byId("list"), tall = list.firstElementChild, rows = tall.firstElementChild;
  function listing() {
    byId("shown").textContent = say("shown", { shown: number(order.length), all: number(count) });
    byId("unplace").hidden = !filter.only;
    if (filter.only) byId("unplace").textContent = say("one_place", { count: filter.only.size }) + " ×";
    tall.style.height = order.length ? order.length * ROW_PX + "px" : "auto";
    if (!order.length) {
      rows.style.transform = "";
      rows.replaceChildren(make("p", { class: "empty" }, say(count ? "none_shown" : "none_found")));
      rows.style.position = "static";
      return;
    }
    rows.style.position = "";
    const from = Math.max(0, Math.floor(list.scrollTop / ROW_PX) - 6), to = Math.min(order.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW_PX) + 6);
    rows.style.transform = `translateY(${from * ROW_PX}px)`;
    rows.replaceChildren(...order.slice(from, to).map((finding, step) => {
      const severity = findings.severity[finding];
      return make("div", { class: "row", role: "option", id: "row-" + finding, "data-finding": finding, "aria-selected": finding === selected, "aria-setsize": order.length, "aria-posinset": from + step + 1, "aria-label": `${severityName(severity)}, ${codeName(finding)[0]}, ${unitName(findings.unit[finding])}: ${message(finding)}` },
        mark(severity),
        make("div", { class: "top" }, make("span", {}, make("b", {}, codeName(finding)[0]), "  " + unitName(findings.unit[finding])), make("span", {}, quantity(finding, "measured"))),
        make("div", { class: "words" }, message(finding)));
    }));
    if (selected >= 0) list.setAttribute("aria-activedescendant", "row-" + selected); else list.removeAttribute("aria-activedescendant");
  }
  list.addEventListener("scroll", () => requestAnimationFrame(listing), { passive: true });
  new ResizeObserver(() => listing()).observe(list);
  list.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (row) choose(Number(row.dataset.finding));
  });
  list.addEventListener("dblclick", () => { if (selected >= 0) map.zoomTo(selected); });
  list.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(list.clientHeight / ROW_PX) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key === "Enter" && selected >= 0) { event.preventDefault(); map.zoomTo(selected); }
    if (!(event.key in steps)) return;
    event.preventDefault();
    move(steps[event.key]);
  });
  function move(step) {
    if (!order.length) return;
    const at = order.indexOf(selected);
    choose(order[Math.min(order.length - 1, Math.max(0, at < 0 ? 0 : at + step))]);
  }

  function choose(finding) {
    selected = finding;
    map.select(finding);
    if (finding >= 0) {
      map.ensureSeen(finding);
      const top = order.indexOf(finding) * ROW_PX;
      if (top >= 0 && (top < list.scrollTop || top + ROW_PX > list.scrollTop + list.clientHeight)) list.scrollTop = top - list.clientHeight / 3;
    }
    detail();
    listing();
  }
  function detail() {
    const box = byId("detail");
    box.scrollTop = 0;
    if (selected < 0) { box.replaceChildren(count ? make("p", { class: "tags" }, say("choose")) : ""); return; }
    const finding = selected, severity = findings.severity[finding], place = findings.place[finding], code = codeName(finding);
    const facts = [];
    const fact = (key, value, kind) => { if (value) facts.push(make("dt", {}, say(key)), make("dd", kind ? { class: kind } : {}, value)); };
    fact("measured", quantity(finding, "measured"), "figures");
    fact("limit", quantity(finding, "limit"), "figures");
    fact("layer", pick(data.layers[findings.layer[finding]], 1));
    fact("features", findings.features[finding].split("\n").join(", "), "code");
    const metres = (value) => value.toFixed(1);
    fact("place", place ? say("north_east", { north: metres(data.map.origin[1] + place[1] / 10), east: metres(data.map.origin[0] + place[0] / 10) }) + " · " + data.map.crs : say("no_place"));
    fact("source", pick(code, 4));
    box.replaceChildren(
      make("p", { class: "tags " + data.severities[severity][0] }, make("b", {}, mark(severity), severityName(severity)), make("span", { class: "code" }, code[0]), make("span", {}, pick(data.themes[code[1]], 1)), make("span", {}, unitName(findings.unit[finding]))),
      make("h3", {}, pick(code, 2)),
      make("p", {}, message(finding)),
      make("div", { class: "out" }, make("b", {}, say("remedy")), data.remedies[findings.remedy[finding]][tongue]),
      make("dl", {}, ...facts),
      make("div", { class: "acts" },
        place ? make("button", { type: "button", class: "quiet", onclick: () => map.zoomTo(finding) }, say("zoom_to")) : null,
        make("button", { type: "button", class: "quiet", onclick: () => move(-1) }, say("previous")),
        make("button", { type: "button", class: "quiet", onclick: () => move(1) }, say("next"))));
  }

  const map = makeMap(byId("map"), data, {
    unitName,
    choose: (finding) => choose(finding),
    onePlace: (members) => { filter.only = new Set(members); apply(); },
    clusterTip(cluster) {
      if (cluster.members.length === 1) {
        const finding = cluster.members[0], words = message(finding);
        return [make("b", {}, `${severityName(findings.severity[finding])} · ${codeName(finding)[0]}`), words.length > 160 ? words.slice(0, 160) + "…" : words];
      }
      return cluster.counts.map((total, severity) => (total ? make("div", {}, `${severityName(severity)} ${number(total)}`) : "")).filter(Boolean);
    },
    unitTip(unit) {
      let total = 0;
      for (const finding of order) if (findings.unit[finding] === unit) total++;
      return [make("b", {}, unitName(unit)), `${say("findings")}: ${number(total)}`];
    },
  });

  function options(select, entries, value) {
    select.replaceChildren(...entries);
    select.value = value;
  }
  function controls() {
    const option = (value, text) => make("option", { value }, text);
    const perUnit = new Map(), perCode = new Map();
    for (let finding = 0; finding < count; finding++) {
      perUnit.set(findings.unit[finding], (perUnit.get(findings.unit[finding]) || 0) + 1);
      perCode.set(findings.code[finding], (perCode.get(findings.code[finding]) || 0) + 1);
    }
    options(byId("filter-unit"), [option(-1, say("all_units")), ...data.units.map((_, unit) => option(unit, `${unitName(unit)} (${number(perUnit.get(unit) || 0)})`))], filter.unit);
    const groups = data.themes.map((theme, index) => {
      const codes = data.codes.map((code, at) => [code, at]).filter(([code, at]) => code[1] === index && perCode.get(at)).sort(([one], [other]) => (one[0] < other[0] ? -1 : 1));
      if (!codes.length && filter.theme !== index) return null;
      return make("optgroup", { label: pick(theme, 1) }, option("t" + index, `${pick(theme, 1)}: ${say("all")}`), ...codes.map(([code, at]) => option("c" + at, `${code[0]} ${pick(code, 2)} (${number(perCode.get(at))})`)));
    }).filter(Boolean);
    options(byId("filter-code"), [option("", say("all_checks")), ...groups], filter.code >= 0 ? "c" + filter.code : filter.theme >= 0 ? "t" + filter.theme : "");
    options(byId("sort"), ["severity", "unit", "code", "measured"].map((name) => option(name, say("sort_" + name))), filter.sort);
    byId("filter-severity").replaceChildren(...data.severities.map(([name], severity) => make("button", {
      type: "button", "aria-pressed": filter.severities[severity],
      onclick: () => { filter.severities[severity] = !filter.severities[severity]; controls(); apply(); byId("filter-severity").children[severity].focus(); },
    }, mark(severity), make("span", {}, ""))));
    byId("filter-text").value = filter.text;
    byId("legend").replaceChildren(
      ...data.severities.map((_, severity) => make("li", {}, mark(severity), severityName(severity))),
      ...data.map.backdrop.map((entry, index) => {
        const swatch = make("i");
        swatch.style.background = map.grounds[index][0];
        swatch.style.borderColor = map.grounds[index][1];
        return make("li", {}, swatch, pick(entry, 1));
      }));
  }
  byId("filter-unit").addEventListener("change", (event) => { filter.unit = Number(event.target.value); apply(); map.focusUnit(filter.unit); });
  byId("filter-code").addEventListener("change", (event) => {
    const value = event.target.value;
    filter.theme = value[0] === "t" ? Number(value.slice(1)) : -1;
    filter.code = value[0] === "c" ? Number(value.slice(1)) : -1;
    apply();
  });
  byId("sort").addEventListener("change", (event) => { filter.sort = event.target.value; apply(); });
  let typing = 0;
  byId("filter-text").addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(() => { filter.text = event.target.value.trim().toLowerCase(); apply(); }, 150);
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("clear").addEventListener("click", () => { clear(); map.focusUnit(-1); });
  byId("unplace").addEventListener("click", () => { filter.only = null; apply(); });
  function clear() {
    Object.assign(filter, { unit: -1, theme: -1, code: -1, severities: data.severities.map(() => true), text: "", only: null });
    controls();
    apply();
  }
  for (const button of document.querySelectorAll(".matrix button")) {
    button.addEventListener("click", () => {
      clear();
      filter.unit = data.units.findIndex(([code]) => code === button.dataset.unit);
      filter.theme = data.themes.findIndex(([theme]) => theme === button.dataset.theme);
      controls();
      apply();
      map.focusUnit(filter.unit);
      byId("explorer").scrollIntoView();
      list.focus({ preventScroll: true });
    });
  }

  function speak() {
    root.lang = tongue ? "zh-Hans" : "en";
    root.dataset.language = tongue ? "zh" : "en";
    document.title = say("title");
    for (const element of document.querySelectorAll("[data-name]")) {
      const name = say(element.dataset.name);
      element.setAttribute("aria-label", name);
      if (element.tagName === "BUTTON") element.title = name;
    }
    for (const element of document.querySelectorAll("[data-placeholder]")) {
      element.placeholder = say(element.dataset.placeholder);
      element.setAttribute("aria-label", element.placeholder);
    }
    for (const element of document.querySelectorAll("[data-label-en]")) {
      const label = tongue ? element.dataset.labelZh : element.dataset.labelEn;
      element.setAttribute("aria-label", label);
      element.title = label;
    }
    controls();
    const at = list.scrollTop, kept = selected;
    apply();
    list.scrollTop = at;
    choose(kept);
  }
  byId("language").addEventListener("click", () => { tongue = 1 - tongue; speak(); });

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const element of opened) element.open = true;
    const cells = (...texts) => texts.map((text) => make("td", {}, text));
    const table = make("table", { class: "wide" },
      make("thead", {}, make("tr", {}, ...["severity", "code", "unit", "message", "measured", "limit", "remedy"].map((key) => make("th", {}, say(key))))),
      make("tbody", {}, ...order.slice(0, PRINTED).map((finding) => make("tr", {}, ...cells(severityName(findings.severity[finding]), codeName(finding)[0], unitName(findings.unit[finding]), message(finding), quantity(finding, "measured"), quantity(finding, "limit"), data.remedies[findings.remedy[finding]][tongue])))));
    byId("printed").replaceChildren(table, order.length > PRINTED ? make("p", {}, say("print_cut", { shown: PRINTED, left: number(order.length - PRINTED) })) : "");
    map.fit();
  });
  addEventListener("afterprint", () => {
    for (const element of opened) element.open = false;
    byId("printed").replaceChildren();
    map.fit();
  });

  speak();
})();
