// The wire of a page that was given away: a file that holds every answer already.

import { App } from "./app.js";

class Still {
  constructor(answers) {
    this.still = true;
    this.book = answers.book;
    this.explanations = answers.explanations;
    this.sheets = new Map(Object.entries(answers.sheets).map(([title, held]) => [title, new HeldSheet(held)]));
  }

  async ask(message) {
    const sheet = this.sheets.get(message.view?.sheet ?? message.sheet);
    const view = message.view ? { view: sheet.view(message.view) } : {};
    switch (message.do) {
      case "start":
        return { book: this.book, library: {}, open: [] };
      case "look":
        return view;
      case "go":
        sheet.go(message.epoch);
        return { view: sheet.view(message.view), state: this.book.state };
      case "explain":
        return { explanation: this.#explained(message.cell) };
      case "edge":
        return { at: sheet.edge(message.at, message.towards) };
      case "texts":
        return { text: "" };
      default:
        return { error: "This page is to look at: nothing can be changed in it.", ...view };
    }
  }

  /** An explanation holds the numbers of the last epoch; at another the cells say theirs. */
  #explained(where) {
    const found = this.explanations[where];
    const title = where.slice(0, where.lastIndexOf("!"));
    const sheet = this.sheets.get(title);
    if (!found) return { cell: where, empty: true };
    if (!sheet?.moved) return found;
    const value = (place, old) => {
      const held = place && place[1] === place[3] && place[2] === place[4] ? this.sheets.get(place[0])?.cells.get(`${place[1]},${place[2]}`) : null;
      return held ? String(held.number ?? held.text) : old;
    };
    const parts = found.parts.map((part) => ({ ...part, value: value(part.place, part.value), gradient: null }));
    return { ...found, value: value(found.place, found.value), parts, shown: null, steps: [], notes: [] };
  }
}

class HeldSheet {
  constructor(held) {
    this.held = held;
    this.steps = held.steps;
    this.epochs = held.epochs;
    this.done = Math.max(0, this.steps.length - 1);
    this.#show(held.cells, held.styles, held.charts);
  }

  #show(cells, styles, charts) {
    this.cells = new Map(cells.map((cell) => [cell.at.join(), cell]));
    [this.styles, this.charts] = [styles, charts];
  }

  /** Whether another epoch than the last is shown. */
  get moved() {
    return this.done < this.steps.length - 1;
  }

  go(epoch) {
    this.done = epoch;
    if (!this.moved) return this.#show(this.held.cells, this.held.styles, this.held.charts);
    const [start] = this.steps;
    this.#show(start.cells, start.styles, start.charts);
    for (const { changed, charts } of this.steps.slice(1, epoch + 1)) {
      this.charts = charts;
      for (const [row, column, text, number] of changed) {
        const key = `${row},${column}`;
        const before = this.cells.get(key) ?? { at: [row, column], style: 0 };
        this.cells.set(key, { ...before, text, number: number ?? undefined });
      }
    }
    return undefined;
  }

  view({ sheet, rects }) {
    const found = new Map();
    for (const [top, left, bottom, right] of rects) {
      for (let row = top; row <= bottom; row++) {
        for (let column = left; column <= right; column++) {
          const cell = this.cells.get(`${row},${column}`);
          if (cell) found.set(cell, cell);
        }
      }
    }
    const meets = ([top, left, bottom, right]) => rects.some((rect) => top <= rect[2] && bottom >= rect[0] && left <= rect[3] && right >= rect[1]);
    const merged = this.held.merged.filter(meets);
    for (const [row, column] of merged) found.set(this.cells.get(`${row},${column}`));
    found.delete(undefined);
    const epochs = this.epochs && { ...this.epochs, done: this.done };
    return { sheet, rects, cells: [...found.keys()], styles: this.styles, merged, charts: this.charts, epochs };
  }

  /** Where Ctrl and an arrow lead. */
  edge([row, column], towards) {
    const [down, right] = { up: [-1, 0], down: [1, 0], left: [0, -1], right: [0, 1] }[towards];
    const filled = (r, c) => Boolean(this.cells.get(`${r},${c}`)?.text);
    const keys = [...this.cells.values()].map((cell) => cell.at);
    const [rows, columns] = [0, 1].map((at) => Math.max(0, ...keys.map((key) => key[at])));
    const inside = (r, c) => r >= 0 && c >= 0 && r <= rows && c <= columns;
    let [r, c] = [row + down, column + right];
    const along = filled(row, column) && filled(r, c);
    while (inside(r + down, c + right) && (along ? filled(r + down, c + right) : !filled(r, c))) [r, c] = [r + down, c + right];
    return inside(r, c) ? [r, c] : [row, column];
  }
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

unpacked(document.getElementById("answers").textContent).then((answers) => {
  globalThis.sheetsim = new App(document.body, new Still(answers));
  globalThis.sheetsim.start().then(() => globalThis.sheetsim.focus());
});
