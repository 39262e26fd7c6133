// The page: what is open, what is chosen, and how questions go out and answers come in.
//
// `wire.ask(message)` gives the promise of an answer; how it travels is the wire's business (a socket, a notebook's
// channel, a file that holds all answers already). `wire.still` says that nothing can be changed.

import { cellName, parsePlace, rangeName } from "./address.js";
import { Bar } from "./bar.js";
import { Clipboard } from "./clipboard.js";
import { Controls } from "./controls.js";
import { Editor } from "./editor.js";
import { make, onceAFrame } from "./elements.js";
import { Grid } from "./grid.js";
import { Keys } from "./keys.js";
import { Panel } from "./panel.js";
import { Pointer } from "./pointer.js";
import { Choice } from "./choice.js";

export class App {
  /** A `guest` in somebody else's page leaves its address, its title and its colours alone, and opens nothing else. */
  constructor(root, wire, { guest = false } = {}) {
    this.wire = wire;
    this.guest = guest;
    this.closing = new AbortController(); // what listens beyond `root` ends with it
    this.trail = [];
    this.grid = new Grid(() => this.load());
    this.choice = new Choice(this);
    this.editor = new Editor(this);
    this.bar = new Bar(this);
    this.controls = new Controls(this);
    this.panel = new Panel(this);
    this.tabs = make("div.tabs", { role: "tablist", "aria-label": "Sheets" });
    this.status = make("div.status", { role: "status" });
    this.summary = make("div.summary");
    this.spoken = make("div.spoken", { "aria-live": "polite" });
    this.note = make("div.note", { role: "alert", hidden: true });
    this.grid.element.append(this.editor.element, this.note);
    const foot = make("footer", {}, this.tabs, this.status, this.summary);
    const sheet = make("main", {}, this.controls.element, this.grid.element);
    this.element = make("div.sheetsim", {}, this.bar.element, this.editor.bar, make("div.middle", {}, sheet, this.panel.element), foot, this.spoken);
    root.replaceChildren(this.element);
    this.element.classList.toggle("still", Boolean(wire.still));
    new Keys(this);
    new Pointer(this);
    this.clipboard = new Clipboard(this);
    this.load = onceAFrame(() => this.#load());
    wire.onchange = (state) => this.#renew(state);
    if (!guest) window.addEventListener("popstate", () => this.#follow());
  }

  close() {
    this.closing.abort();
    this.element.remove();
  }

  /** What has the focus, here or beside us. */
  get focused() {
    return this.element.getRootNode().activeElement;
  }

  /** Asks, and shows what comes back. An error is said where it belongs; `null` is then the answer. */
  async ask(message, { light = true, quiet = false } = {}) {
    const asked = { book: this.book?.number, ...message };
    if (this.sheet && asked.view === undefined) asked.view = { sheet: this.sheet.title, rects: this.grid.wanted() };
    this.element.classList.add("busy");
    this.asking = (this.asking ?? 0) + 1;
    const answer = await this.wire.ask(asked).catch((error) => ({ error: String(error.message ?? error) }));
    this.asking -= 1;
    if (!this.asking) this.element.classList.remove("busy");
    if (!quiet) this.say(answer);
    if (answer.state) this.#changed(answer.state);
    if (answer.view) this.#seen(answer.view, light);
    return answer.error ? null : answer;
  }

  #seen(view, light) {
    if (!this.sheet || view.sheet !== this.sheet.title) return;
    this.grid.take(view, light);
    this.controls.show(view.epochs);
    this.panel.take(view);
    this.editor.show();
    this.#summarise();
  }

  #changed(state) {
    this.book.state = state;
    for (const sheet of this.book.sheets) [sheet.rows, sheet.columns] = state.extents[sheet.title];
    this.bar.show(state);
    this.panel.stale();
  }

  /** Somebody else has changed the workbook: another view of it, or a program. */
  async #renew(state) {
    if (!this.sheet) return;
    const titles = this.book.sheets.map((sheet) => sheet.title);
    if (Object.keys(state.extents).every((title) => titles.includes(title))) {
      this.#changed(state);
      await this.ask({ do: "look" }, { quiet: true });
    } else this.open(await this.ask({ do: "start", view: null }), { sheet: this.sheet.title, rect: this.choice.rect });
  }

  async #load() {
    if (this.loading) return;
    this.loading = true;
    await this.ask({ do: "look" }, { light: false });
    this.loading = false;
  }

  /** A line for a person: beside the cell that it is about, else at the foot. */
  say({ error, note, cell, said }) {
    const text = error ?? note ?? said ?? "";
    const place = cell && parsePlace(cell);
    this.note.hidden = true;
    this.status.textContent = place ? "" : text;
    this.status.classList.toggle("wrong", Boolean(error));
    if (!text || !place || place.sheet !== this.sheet?.title) return;
    const box = this.grid.box(place.rect);
    this.note.textContent = text;
    this.note.classList.toggle("wrong", Boolean(error));
    this.note.hidden = false;
    const wide = this.grid.element.clientWidth;
    Object.assign(this.note.style, { left: `${Math.max(4, Math.min(box.left, wide - this.note.offsetWidth - 8))}px`, top: `${box.top + box.height + 4}px` });
  }

  hush() {
    this.note.hidden = true;
  }

  // --- what is open ---------------------------------------------------------------------------------------------------
  async start(place = this.guest ? null : this.#address()) {
    const answer = await this.ask({ do: "start", book: place?.book, view: null });
    if (!answer && !this.library) return;
    this.library = answer.library;
    this.open(answer, place);
    if (!answer.book) this.bar.openDialog();
  }

  /** Shows a workbook that an answer brought. */
  open(answer, place = null) {
    if (answer?.open) this.opened = answer.open;
    if (answer?.error) this.say(answer);
    if (!answer?.book) return;
    this.book = answer.book;
    this.bar.show(this.book.state);
    if (!this.guest) document.title = `${this.book.name} – sheetsim`;
    const titled = (title) => this.book.sheets.find((sheet) => sheet.title.toLowerCase() === title?.toLowerCase());
    const first = titled(place?.sheet ?? answer.sheet) ?? this.book.sheets.find((sheet) => sheet.buttons.length || sheet.solver) ?? this.book.sheets[0];
    this.showSheet(first.title, place?.rect);
    if (this.book.warnings.length) this.say({ note: this.book.warnings.join(" ") });
  }

  showSheet(title, rect = null) {
    const sheet = this.book.sheets.find((each) => each.title === title);
    if (!sheet) return;
    const another = sheet !== this.sheet;
    if (another) {
      this.editor.cancel();
      this.hush();
      this.sheet = sheet;
      this.grid.show(sheet);
      this.controls.sheet(sheet);
      this.panel.sheet(sheet);
      this.#drawTabs();
    }
    sheet.chosen = rect ?? sheet.chosen ?? [sheet.freeze[0], sheet.freeze[1], sheet.freeze[0], sheet.freeze[1]];
    this.choice.choose(sheet.chosen);
    if (another) this.ask({ do: "look" }, { light: false });
  }

  #drawTabs() {
    this.tabs.replaceChildren(
      ...this.book.sheets.map((sheet) => {
        const on = sheet === this.sheet;
        const tab = make("button.tab", { role: "tab", textContent: sheet.title, title: sheet.about, "aria-selected": String(on), tabIndex: on ? 0 : -1, onclick: () => this.showSheet(sheet.title) });
        if (sheet.tab) tab.style.setProperty("--tab", sheet.tab);
        return tab;
      }),
    );
    const tab = this.tabs.querySelector("[aria-selected=true]"); // seen, and nothing scrolled but the tabs
    this.tabs.scrollLeft = Math.min(tab.offsetLeft, Math.max(this.tabs.scrollLeft, tab.offsetLeft + tab.offsetWidth - this.tabs.clientWidth));
  }

  /** So many sheets on, or back. */
  turn(steps) {
    const { sheets } = this.book;
    const next = sheets[sheets.indexOf(this.sheet) + steps];
    if (next) this.showSheet(next.title);
  }

  // --- going places ---------------------------------------------------------------------------------------------------
  /** To a place such as {sheet, rect}; the way back is kept. */
  go(place) {
    if (!this.guest) {
      clearTimeout(this.noting);
      history.replaceState(null, "", this.#hash()); // where we are, to come back to
      history.pushState(null, "", this.#hash());
    } else this.trail.push({ sheet: this.sheet.title, rect: this.choice.rect });
    this.showSheet(place.sheet ?? this.sheet.title, place.rect);
    this.focus();
  }

  back() {
    if (!this.guest) history.back();
    else if (this.trail.length) {
      const place = this.trail.pop();
      this.showSheet(place.sheet, place.rect);
    }
  }

  /** To what a person has written: an address, a name, a sheet's title. */
  goTo(text) {
    const named = this.sheet.names[Object.keys(this.sheet.names).find((name) => name.toLowerCase() === text.trim().toLowerCase())];
    const place = parsePlace(named ?? text);
    const sheets = this.book.sheets.map((sheet) => sheet.title.toLowerCase());
    if (place && (place.sheet === null || sheets.includes(place.sheet.toLowerCase()))) {
      const title = place.sheet === null ? this.sheet.title : this.book.sheets[sheets.indexOf(place.sheet.toLowerCase())].title;
      this.go({ sheet: title, rect: place.rect });
    } else if (sheets.includes(text.trim().toLowerCase())) this.showSheet(this.book.sheets[sheets.indexOf(text.trim().toLowerCase())].title);
    else this.say({ error: `${text}: there is no such cell, name or sheet` });
  }

  #hash() {
    const book = this.book.number === 1 ? "" : `${this.book.number}/`;
    return `#${book}${encodeURIComponent(this.sheet.title)}!${rangeName(this.choice.rect)}`;
  }

  #address() {
    const text = decodeURIComponent(location.hash.slice(1));
    const [, book, rest] = /^(?:(\d+)\/)?(.*)$/s.exec(text);
    return { book: book ? Number(book) : 1, ...parsePlace(rest) };
  }

  async #follow() {
    const place = this.#address();
    if (!place.rect) return;
    if (place.book !== this.book?.number) this.open(await this.ask({ do: "start", book: place.book, view: null }), place);
    else this.showSheet(place.sheet ?? this.sheet.title, place.rect);
  }

  /** Another cell is chosen: everything that speaks of it follows. */
  chosen() {
    this.sheet.chosen = this.choice.rect;
    const [row, column] = this.choice.active;
    const cell = this.grid.cell(row, column);
    this.editor.show();
    this.panel.choose(`${this.sheet.title}!${cellName(row, column)}`);
    this.#summarise();
    this.spoken.textContent = `${rangeName(this.choice.rect)} ${cell?.text ?? "blank"} ${cell?.formula ?? ""}`;
    if (this.guest) return this.onchosen?.(`${this.sheet.title}!${rangeName(this.choice.rect)}`);
    clearTimeout(this.noting);
    this.noting = setTimeout(() => history.replaceState(null, "", this.#hash()), 300);
    return undefined;
  }

  /** Sum, average and count of the numbers that are chosen, as far as they are fetched. */
  #summarise() {
    const [top, left, bottom, right] = this.choice.rect;
    const numbers = [];
    for (const { at, number } of this.grid.cells.values()) {
      if (number !== undefined && at[0] >= top && at[0] <= bottom && at[1] >= left && at[1] <= right) numbers.push(number);
    }
    const sum = numbers.reduce((a, b) => a + b, 0);
    const few = (number) => String(Number(number.toPrecision(8)));
    this.summary.textContent = numbers.length > 1 ? `sum ${few(sum)}   average ${few(sum / numbers.length)}   count ${numbers.length}` : "";
  }

  focus() {
    this.grid.scroller.focus({ preventScroll: true });
  }
}
