// Beside the sheet: the chosen cell explained, the sheet's charts, its epochs.

import { parsePlace, rangeName } from "./address.js";
import { drawChart } from "./charts.js";
import { make, short } from "./elements.js";

const MARKS = ["#2A6FBB", "#C0392B", "#7B4FA3", "#2E8B57", "#E07B00", "#0E8A8A"];
const SHEETS = ["cell", "charts", "epochs"];
const AGAIN = 700; // milliseconds until gradients are asked for again, while torch is loaded

export class Panel {
  constructor(app) {
    this.app = app;
    this.shown = "cell";
    this.heads = make("div.panelheads", { role: "tablist", "aria-label": "Beside the sheet" });
    this.body = make("div.panelbody", { role: "tabpanel", tabIndex: -1 });
    this.element = make("aside.panel", { "aria-label": "Explanation, charts, epochs" }, this.heads, this.body);
    this.charts = [];
  }

  toggle() {
    this.app.element.classList.toggle("alone");
    this.app.grid.paint();
  }

  sheet(sheet) {
    this.title = sheet.title;
    this.charts = [];
    this.epochs = null;
    this.explanation = null;
    if (this.shown === "epochs" && !sheet.buttons.some((button) => button.name === "run")) this.shown = "cell";
    this.draw();
  }

  take(view) {
    if (view.charts) this.charts = view.charts;
    this.epochs = view.epochs;
    this.gradient = view.gradient;
    this.draw();
  }

  /** A cell was chosen: it is explained, a moment later if more are to come. */
  choose(cell) {
    if (cell === this.cell && !this.old) return;
    this.cell = cell;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#explain(), 60);
  }

  /** Something changed: what is said of the cell may hold no more. */
  stale() {
    this.old = true;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#explain(), 60);
  }

  async #explain() {
    const { app, cell } = this;
    this.old = false;
    this.waiting = null;
    const answer = await app.ask({ do: "explain", cell, gradients: Boolean(this.slopes), view: null }, { quiet: true });
    if (cell !== this.cell) return;
    this.explanation = answer?.explanation ?? null;
    this.loading = Boolean(answer?.loading);
    if (this.loading) this.waiting = setTimeout(() => this.#explain(), AGAIN);
    this.#mark();
    if (this.shown === "cell") this.draw();
  }

  /** Marks what the cell reads, each in a colour of its own, and who reads it. */
  #mark() {
    const { app, explanation } = this;
    const here = (place) => place && place[0] === app.sheet.title;
    const parts = (explanation?.parts ?? []).map((part, at) => ({ place: part.place, kind: "read", colour: MARKS[at % MARKS.length] }));
    const users = (explanation?.users ?? []).map((user) => ({ place: user.place, kind: "user" }));
    const kept = app.choice.others.filter((mark) => mark.kind === "copied");
    app.choice.mark([...kept, ...[...users, ...parts].filter(({ place }) => here(place)).map(({ place, kind, colour }) => ({ rect: place.slice(1), kind, colour }))]);
  }

  draw() {
    const names = { cell: "Cell", charts: `Charts (${this.charts.length})`, epochs: "Epochs" };
    const there = SHEETS.filter((name) => name === "cell" || (name === "charts" ? this.charts.length : this.epochs));
    if (!there.includes(this.shown)) this.shown = "cell";
    const sign = `${there} ${this.shown} ${this.charts.length}`;
    if (sign !== this.headSign) this.#drawHeads(there, names);
    this.headSign = sign;
    const within = this.body.contains(this.app.focused) ? [...this.body.querySelectorAll("button")].indexOf(this.app.focused) : -1;
    this.body.replaceChildren(...{ cell: () => this.#cellParts(), charts: () => this.#chartParts(), epochs: () => this.#epochParts() }[this.shown]());
    if (within >= 0) this.body.querySelectorAll("button")[within]?.focus();
  }

  /** What there is to try on this sheet. */
  #hints() {
    const { app } = this;
    const { buttons, solver, about } = app.sheet;
    const lines = app.wire.still
      ? ["Click a number that is computed: here stands where it comes from. A click on a part goes there, Alt+← comes back.", ...(app.controls.slider ? ["Move the slider above the sheet: back through the epochs, or as a film."] : [])]
      : [
          ...(buttons.length ? ["Press Reset, then Run: five epochs. The slider goes back through them; “Epochs” above shows their course."] : []),
          ...(solver ? ["Press Solve: cells change until the error is as small as it gets. Undo brings the old ones back."] : []),
          "Type another number into an orange cell, or a blue one: what changes lights up.",
          "Click a number that is computed, and here on a part that it comes from. Alt+← comes back.",
        ];
    const hints = make("details.hints", { open: !this.closed }, make("summary", { textContent: "What to try here" }), about ? make("p.quiet", { textContent: about }) : null, make("ul", {}, ...lines.map((line) => make("li", { textContent: line }))));
    hints.addEventListener("toggle", () => (this.closed = !hints.open));
    return hints;
  }

  #drawHeads(there, names) {
    const focused = this.heads.contains(this.app.focused);
    this.heads.replaceChildren(
      ...there.map((name) => {
        const on = name === this.shown;
        return make("button", { role: "tab", type: "button", textContent: names[name], "aria-selected": String(on), onclick: () => ((this.shown = name), this.draw()) });
      }),
    );
    if (focused) this.heads.querySelector("[aria-selected=true]").focus();
  }

  // --- the cell -------------------------------------------------------------------------------------------------------
  #cellParts() {
    const { app, explanation: found } = this;
    if (!found) return [make("p.quiet", { textContent: app.book ? app.sheet?.about ?? "" : "" })];
    if (found.empty) return [make("h2", { textContent: found.cell }), make("p.quiet", { textContent: "This cell is empty, and no formula reads it." }), this.#hints()];
    const parts = [make("h2", {}, found.cell, found.heading ? make("small", { textContent: found.heading }) : null), make("p.number", { textContent: this.#shown(found.value) })];
    if (found.unsupported) parts.push(make("p.wrong", { textContent: `Not computed: ${found.unsupported}` }));
    parts.push(found.formula ? make("p.formula", {}, make("code", { textContent: found.formula })) : make("p.quiet", { textContent: found.value === null ? "Blank." : "No formula: an input." }));
    if (found.block) parts.push(make("p.quiet", { textContent: found.block }));
    if (found.shown) parts.push(make("p.numbers", { textContent: `= ${found.shown}`, title: found.numbers ?? "" }));
    if (found.steps?.length > 1) parts.push(this.#steps(found.steps));
    for (const note of found.notes ?? []) parts.push(make("p.quiet", { textContent: note }));
    if (found.parts?.length) parts.push(make("h3", { textContent: "comes from" }), make("ul.parts", {}, ...found.parts.map((part, at) => this.#part(part, MARKS[at % MARKS.length]))));
    if (found.users?.length) parts.push(make("h3", { textContent: "used by" }), make("p.users", {}, ...found.users.map((user) => this.#link(user)), found.used_by_more ? make("span.quiet", { textContent: ` and ${found.used_by_more} more` }) : null));
    if (found.numpy) parts.push(make("h3", { textContent: "NumPy" }), make("code.numpy", { textContent: found.numpy }));
    if (found.recurrence) parts.push(make("p.quiet", { textContent: found.recurrence }));
    if (!app.wire.still) parts.push(this.#gradientPart(found));
    parts.push(make("p", {}, make("button", { type: "button", textContent: "← back", title: "Where you came from (Alt+←)", onclick: () => app.back() })), this.#hints());
    return parts;
  }

  #shown(value) {
    if (value === null || value === undefined) return "blank";
    return typeof value === "boolean" ? String(value).toUpperCase() : String(value);
  }

  #part(part, colour) {
    const link = this.#link(part);
    link.style.setProperty("--mark", colour);
    const slope = part.gradient === null || part.gradient === undefined ? null : make("span.slope", { title: "What a rise of it by 1 would do to the cell; of several cells the least and the greatest", textContent: `∂ ${[part.gradient].flat().map(short).join(" … ")}` });
    return make("li", {}, link, make("span.heading", { textContent: part.heading }), make("span.held", { textContent: part.value }), slope, make("span.quiet", { textContent: part.origin }));
  }

  #link({ written, place }) {
    const { app } = this;
    const own = place && place[0] === app.sheet.title;
    const text = own ? rangeName(place.slice(1)) : written;
    if (!place) return make("span.nowhere", { textContent: text });
    return make("button.go", { type: "button", textContent: text, title: `Go to ${written}`, onclick: () => app.go({ sheet: place[0], rect: place.slice(1) }) });
  }

  /** How the formula is evaluated, a step a line. */
  #steps(steps) {
    const lines = steps.map((step) => make("li", {}, make("code", { textContent: `${step.shown} = ${this.#result(step.value)}`, title: step.formula }), step.note ? make("span.quiet", { textContent: step.note }) : null));
    const details = make("details", { open: Boolean(this.stepping) }, make("summary", { textContent: "step by step" }), make("ol.steps", {}, ...lines));
    details.addEventListener("toggle", () => (this.stepping = details.open));
    return details;
  }

  #result(value) {
    if (value === null || typeof value !== "object") return typeof value === "number" ? short(value) : this.#shown(value);
    const span = value.numbers ? `, from ${short(value.least)} to ${short(value.greatest)}` : "";
    return `${value.rows} × ${value.columns} values${span}`;
  }

  /** What moves the cell, and the sheet shaded by it. */
  #gradientPart(found) {
    const { app, gradient } = this;
    const shade = (of) => app.ask({ do: "gradient", of }, { light: false });
    const parts = [];
    if (found.formula && typeof found.value === "number") {
      const turn = () => {
        this.slopes = !this.slopes;
        this.#explain();
      };
      parts.push(make("label.slopes", {}, make("input", { type: "checkbox", checked: Boolean(this.slopes), onchange: turn }), "gradients beside what it comes from"));
    }
    if (found.inputs?.length) {
      const lines = found.inputs.map((input) => make("li", {}, this.#link({ written: input.where, place: input.place }), make("span.heading", { textContent: input.heading }), make("span.held", { title: "1 % more of it moves the cell by so much", textContent: short(input.effect) })));
      parts.push(make("h3", { textContent: `what moves it most, by 1 % more (${found.gradients_by})` }), make("ul.parts", {}, ...lines));
    } else if (this.slopes && this.loading) parts.push(make("p.quiet", { textContent: "torch is being loaded …" }));
    else if (this.slopes && found.gradients_by) parts.push(make("p.quiet", { textContent: found.gradients_by }));
    if (typeof found.value === "number" && found.formula && gradient?.of !== found.cell) {
      parts.push(make("button.shade", { type: "button", textContent: `shade by the gradient of ${found.cell}`, title: "Colours every cell by what it would do to this one", onclick: () => shade(found.cell) }));
    }
    if (gradient) {
      parts.push(make("p", {}, `Shaded: the gradient of ${gradient.of} `, make("button.unshade", { type: "button", textContent: "off", onclick: () => shade(null) })));
      if (gradient.error) parts.push(make("p.wrong", { textContent: gradient.error }));
      else parts.push(make("p.quiet.scale", {}, make("i.up"), "a rise raises it ", make("i.down"), "a rise lowers it"), make("ul.parts", {}, ...gradient.steepest.map(([cell, slope]) => make("li", {}, this.#link({ written: cell, place: this.#place(cell) }), make("span.held", { textContent: short(slope) })))));
    }
    return make("section.gradient", {}, ...parts);
  }

  #place(cell) {
    const place = parsePlace(cell);
    return place && [place.sheet, ...place.rect];
  }

  // --- charts and epochs ----------------------------------------------------------------------------------------------
  get #width() {
    return Math.max(260, (this.body.clientWidth || 320) - 24);
  }

  #chartParts() {
    const width = this.#width;
    return this.charts.map((chart) => make("div.chart", {}, drawChart(chart, width, Math.round((width * chart.size[1]) / chart.size[0]))));
  }

  /** What was watched, as a chart and as a table. */
  #epochParts() {
    const { headings, rows, done } = this.epochs;
    if (rows.length < 2) return [make("p.quiet", { textContent: "Press Reset, then Run: what each epoch comes to stands here." })];
    const numbers = (at) => rows.map((row) => (typeof row[at] === "number" ? row[at] : null));
    const found = headings.slice(1).map((heading, at) => {
      const series = { name: "", colour: MARKS[at % MARKS.length], dashed: false, line: true, marks: rows.length <= 100, x: rows.map((row) => row[0]), y: numbers(at + 1) };
      return make("div.chart", {}, drawChart({ kind: "line", title: heading, titles: ["epoch", ""], limits: [[0, rows.length - 1], [null, null]], logarithmic: false, series: [series] }, this.#width, 170));
    });
    const table = make("table", {}, make("thead", {}, make("tr", {}, ...headings.map((heading) => make("th", { textContent: heading })))), make("tbody", {}, ...rows.map((row) => make(row[0] === done ? "tr.on" : "tr", {}, ...row.map((value) => make("td", { textContent: short(value) }))))));
    return [...found, table];
  }
}
