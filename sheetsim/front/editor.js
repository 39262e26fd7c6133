// Typing: the formula bar with its name box, and the box that opens over a cell.

import { cellName, rangeName } from "./address.js";
import { make } from "./elements.js";
import { References } from "./references.js";

export class Editor {
  constructor(app) {
    this.app = app;
    this.references = new References(app);
    this.element = make("textarea.editor", { hidden: true, rows: 1, spellcheck: false, autocomplete: "off", "aria-label": "Cell" });
    this.name = make("input.name", { type: "text", "aria-label": "Name box: where to go", spellcheck: false, autocomplete: "off", title: "An address, a name or a sheet to go to (Ctrl+G)" });
    this.line = make("input.line", { type: "text", "aria-label": "Formula bar", spellcheck: false, autocomplete: "off", readOnly: Boolean(app.wire.still) });
    this.value = make("output.value", { title: "The cell's value, to its last bit" });
    this.bar = make("div.formulabar", {}, this.name, make("span.fx", { textContent: "fx", ariaHidden: "true" }), this.line, this.value);
    for (const input of [this.element, this.line]) {
      input.addEventListener("keydown", (event) => this.#key(event));
      input.addEventListener("input", () => this.#follow(input));
    }
    this.line.addEventListener("focus", () => this.#begin(this.line.value, this.line));
    this.line.addEventListener("blur", () => this.editing && this.#at === this.line && this.commit(0, 0));
    this.element.addEventListener("blur", () => this.editing && this.#at === this.element && !this.wrong && this.commit(0, 0));
    this.name.addEventListener("focus", () => this.name.select());
    this.name.addEventListener("keydown", (event) => {
      if (event.key === "Enter") app.goTo(this.name.value);
      if (event.key === "Escape") this.show();
      if (event.key === "Enter" || event.key === "Escape") app.focus();
    });
  }

  #at = null; // the box that is typed into

  /** Shows the active cell in the bar. */
  show() {
    const [row, column] = this.app.choice.active;
    const cell = this.app.grid.cell(row, column);
    if (this.app.focused !== this.name) this.name.value = rangeName(this.app.choice.rect);
    if (!this.editing) this.line.value = this.#written(cell);
    this.value.textContent = cell?.formula && cell.number !== undefined ? String(cell.number) : "";
    this.line.dataset.value = cell?.number ?? cell?.text ?? "";
  }

  /** What a cell holds as it is typed. */
  #written(cell) {
    if (!cell) return "";
    if (cell.formula) return cell.formula;
    return cell.number !== undefined ? String(cell.number) : cell.text;
  }

  get editing() {
    return this.#at !== null;
  }

  /** The box that is typed into, if a reference to other cells may stand where its cursor is. */
  get pointing() {
    const here = this.editing && this.app.sheet.title === this.cell.sheet;
    return here && this.references.wanted(this.#at) ? this.#at : null;
  }

  /** Opens the box over the active cell: with what it holds, or with what was typed. */
  open(typed = null) {
    const { app } = this;
    if (app.wire.still) return app.say({ note: "This page is to look at: nothing can be changed in it." });
    const [row, column] = app.choice.active;
    const held = this.#written(app.grid.cell(row, column));
    this.element.value = typed ?? held;
    this.line.value = this.element.value;
    this.element.hidden = false;
    this.#place();
    this.quick = typed !== null; // arrows leave the cell; after F2 they move within it
    this.#begin(held, this.element);
    this.element.focus();
    this.element.setSelectionRange(this.element.value.length, this.element.value.length);
    return undefined;
  }

  #begin(before, at) {
    if (this.app.wire.still) return;
    const { app } = this;
    if (!this.editing) this.cell = { sheet: app.sheet.title, rect: app.choice.rect, at: [...app.choice.active] };
    this.before = this.editing ? this.before : before;
    this.#at = at;
    this.wrong = false;
  }

  #place() {
    const [row, column] = this.app.choice.active;
    const box = this.app.grid.box([row, column, row, column]);
    const room = this.app.grid.element.clientWidth - box.left - 4;
    const wanted = Math.max(box.width + 1, this.element.value.length * 7.6 + 16);
    Object.assign(this.element.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${Math.min(wanted, Math.max(room, 60))}px`, height: `${Math.max(box.height + 1, 22)}px` });
  }

  #follow(input) {
    const other = input === this.line ? this.element : this.line;
    other.value = input.value;
    this.app.hush();
    this.wrong = false;
    if (input === this.element) this.#place();
  }

  #key(event) {
    const { key, shiftKey, ctrlKey, metaKey } = event;
    const arrows = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const step = key === "Enter" ? [shiftKey ? -1 : 1, 0] : key === "Tab" ? [0, shiftKey ? -1 : 1] : this.quick && this.#at === this.element ? arrows[key] : null;
    const way = this.quick && this.#at === this.element && !ctrlKey && !metaKey ? arrows[key] : null;
    if (way && this.pointing) this.references.step(this.#at, ...way, shiftKey);
    else if (key === "F4") this.references.turn(this.#at);
    else if (key === "Escape") {
      this.cancel();
      this.app.focus();
    } else if (key === "Enter" && event.altKey) return;
    else if (key === "Enter" && (ctrlKey || metaKey)) this.commit(0, 0, true);
    else if (step) this.commit(...step);
    else {
      if (key === "F2") this.quick = !this.quick;
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  cancel() {
    this.#at = null;
    this.references.end();
    this.element.hidden = true;
    this.app.hush();
    if (this.app.sheet) this.show();
  }

  /** Puts what was typed into the cell, and moves on. What cannot be read stays in the box, with a word why. */
  async commit(rows, columns, everywhere = false) {
    const { app, cell } = this;
    const text = this.#at.value;
    const at = this.#at;
    const unchanged = text === this.before && !everywhere;
    const focused = app.focused === this.element || app.focused === this.line;
    this.#at = null;
    this.references.end();
    this.element.hidden = true;
    if (focused) app.focus();
    if (app.sheet.title === cell.sheet && (rows || columns)) app.choice.move(rows, columns);
    if (unchanged) return this.show();
    const [row, column] = cell.at;
    const rect = everywhere ? cell.rect : [row, column, row, column];
    const answer = await app.ask({ do: "type", sheet: cell.sheet, rect, text });
    if (answer || app.sheet.title !== cell.sheet) return undefined;
    const said = { error: app.note.textContent || app.status.textContent, cell: `${cell.sheet}!${cellName(row, column)}` };
    app.choice.choose([row, column, row, column]);
    this.open(text);
    this.quick = false;
    this.before = null;
    this.wrong = at !== null;
    app.say(said);
    return undefined;
  }
}
