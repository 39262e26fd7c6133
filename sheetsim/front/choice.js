// The cells that are chosen: the active one, and the range around it.

import { MAX_COLUMNS, MAX_ROWS } from "./address.js";

export class Choice {
  constructor(app) {
    this.app = app;
    this.active = [0, 0];
    this.far = [0, 0]; // the corner of the range across from the active cell
    this.others = []; // marks of precedents and dependents
  }

  /** [top, left, bottom, right] */
  get rect() {
    const [[r0, c0], [r1, c1]] = [this.active, this.far];
    return [Math.min(r0, r1), Math.min(c0, c1), Math.max(r0, r1), Math.max(c0, c1)];
  }

  choose([top, left, bottom, right], { reveal = true } = {}) {
    this.active = [top, left];
    this.far = [bottom, right];
    this.#follow(reveal ? this.active : null);
  }

  /** The active cell so many rows and columns on; with `extend` the range grows instead. */
  move(rows, columns, extend = false) {
    const [row, column] = extend ? this.far : this.active;
    this.moveTo(row + rows, column + columns, extend);
  }

  moveTo(row, column, extend = false) {
    const cell = [Math.max(0, Math.min(row, MAX_ROWS - 1)), Math.max(0, Math.min(column, MAX_COLUMNS - 1))];
    this.far = cell;
    if (!extend) this.active = cell;
    this.#follow(cell);
  }

  #follow(cell) {
    const { app } = this;
    app.hush();
    this.draw();
    if (cell) app.grid.reveal(...cell);
    app.chosen();
  }

  /** Marks of what a cell reads and who reads it: {rect, kind, colour}. */
  mark(others) {
    this.others = others;
    this.draw();
  }

  draw() {
    const [row, column] = this.active;
    this.app.grid.marks = [...this.others, { rect: this.rect, kind: "chosen" }, { rect: [row, column, row, column], kind: "active" }];
    this.app.grid.paint();
  }
}
