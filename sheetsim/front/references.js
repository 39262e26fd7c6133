// References while a formula is typed: a click on cells, or an arrow, puts them at the cursor; F4 sets their dollars.

import { columnName, MAX_COLUMNS, MAX_ROWS, rangeName } from "./address.js";

const BEFORE = /(^=|[=(,;:{<>&*/^+-])\s*$/; // what a reference may follow
const AFTER = /^\s*($|[),;:}<>=&*/^%+-])/; // and what may follow it
const REFERENCE = /(?<![\w.$])(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})(?![\w.(!])/g;
const DOLLARS = [["", ""], ["$", "$"], ["", "$"], ["$", ""]]; // A1, $A$1, A$1, $A1

export class References {
  constructor(app) {
    this.app = app;
  }

  #put = null; // the reference that stands at the cursor now: {input, text, from, to, anchor, far}

  /** Whether what is typed into a box wants a reference where the cursor is, or has just been given one. */
  wanted(input) {
    if (!input?.value.startsWith("=")) return false;
    if (this.#given(input)) return true;
    const [before, after] = [input.value.slice(0, input.selectionStart), input.value.slice(input.selectionEnd)];
    const quoted = before.split('"').length % 2 === 0;
    return !quoted && BEFORE.test(before) && AFTER.test(after);
  }

  #given(input) {
    const put = this.#put;
    return put !== null && put.input === input && put.text === input.value && put.to === input.selectionStart && put.to === input.selectionEnd;
  }

  /** Puts a cell there, in place of the one that was just put. `head` is "row" or "column" for all of one. */
  begin(input, cell, head = null) {
    this.#show(input, { anchor: cell, far: cell, head });
  }

  /** Goes on to another cell: what lies between is meant. */
  extend(input, far) {
    if (this.#given(input)) this.#show(input, { ...this.#put, far });
  }

  /** So many rows and columns on from the cell that was put, or from the one that is typed into. */
  step(input, rows, columns, further) {
    const [row, column] = this.#given(input) ? this.#put.far : this.app.choice.active;
    const cell = [Math.max(0, Math.min(row + rows, MAX_ROWS - 1)), Math.max(0, Math.min(column + columns, MAX_COLUMNS - 1))];
    if (further && this.#given(input)) this.extend(input, cell);
    else this.begin(input, cell);
    this.app.grid.reveal(...cell);
  }

  #show(input, { anchor, far, head }) {
    const [from, to] = this.#given(input) ? [this.#put.from, this.#put.to] : [input.selectionStart, input.selectionEnd];
    const [[r0, c0], [r1, c1]] = [anchor, far];
    const rect = [Math.min(r0, r1), Math.min(c0, c1), Math.max(r0, r1), Math.max(c0, c1)];
    const name = head === "row" ? `${rect[0] + 1}:${rect[2] + 1}` : head === "column" ? `${columnName(rect[1])}:${columnName(rect[3])}` : rangeName(rect);
    input.setRangeText(name, from, to, "end");
    this.#put = { input, text: input.value, from, to: from + name.length, anchor, far, head };
    input.dispatchEvent(new Event("input"));
    const shown = head === "row" ? [rect[0], 0, rect[2], MAX_COLUMNS - 1] : head === "column" ? [0, rect[1], MAX_ROWS - 1, rect[3]] : rect;
    this.app.choice.mark([{ rect: shown, kind: "copied" }]);
  }

  /** The reference that the cursor touches, with its next dollars. */
  turn(input) {
    for (const found of input.value.matchAll(REFERENCE)) {
      const end = found.index + found[0].length;
      if (found.index > input.selectionStart || input.selectionStart > end) continue;
      const [, fixedColumn, column, fixedRow, row] = found;
      const now = DOLLARS.findIndex(([first, second]) => first === fixedColumn && second === fixedRow);
      const [first, second] = DOLLARS[(now + 1) % DOLLARS.length];
      const name = first + column + second + row;
      input.setRangeText(name, found.index, end, "end");
      input.dispatchEvent(new Event("input"));
      return;
    }
  }

  /** The formula is typed. */
  end() {
    if (this.#put) this.app.choice.mark([]);
    this.#put = null;
  }
}
