// The pointer over the grid: choosing, dragging, filling, following links, remarks.

import { parsePlace } from "./address.js";
import { make } from "./elements.js";

export class Pointer {
  constructor(app) {
    this.app = app;
    this.hint = make("div.hint", { hidden: true });
    app.grid.element.append(this.hint);
    const { scroller } = app.grid;
    scroller.addEventListener("pointerdown", (event) => this.#down(event));
    scroller.addEventListener("mousedown", (event) => app.editor.pointing && event.preventDefault()); // the box keeps the cursor
    scroller.addEventListener("pointermove", (event) => this.#moved(event));
    scroller.addEventListener("pointerup", (event) => this.#up(event));
    scroller.addEventListener("pointercancel", () => (this.dragging = this.referring = null));
    scroller.addEventListener("pointerleave", () => (this.hint.hidden = true));
    scroller.addEventListener("dblclick", () => app.book && !this.#bars && !app.editor.editing && app.editor.open());
  }

  #bars = false; // whether the last press was on a scroll bar

  #down(event) {
    const { app } = this;
    const box = app.grid.scroller;
    this.#bars = event.offsetX >= box.clientWidth || event.offsetY >= box.clientHeight;
    if (!app.book || this.#bars || event.button !== 0) return;
    const at = app.grid.at(event.clientX, event.clientY);
    const { row, column, head } = at;
    if (app.editor.pointing && head !== "all") return this.#refer(event, at);
    if (app.editor.editing) app.editor.commit(0, 0);
    const last = [Math.max(app.sheet.rows, 1) - 1, Math.max(app.sheet.columns, 1) - 1];
    if (head === "all") return app.choice.choose([0, 0, ...last], { reveal: false });
    if (head === "row") app.choice.choose([row, 0, row, Math.max(last[1], 0)], { reveal: false });
    else if (head === "column") app.choice.choose([0, column, Math.max(last[0], 0), column], { reveal: false });
    else if (this.#onHandle(event)) this.filling = app.choice.rect;
    else app.choice.moveTo(row, column, event.shiftKey);
    if (event.pointerType !== "touch") {
      this.dragging = head ?? "cell";
      box.setPointerCapture(event.pointerId);
    }
    app.focus();
    return undefined;
  }

  /** Puts the cell into the formula that is typed. */
  #refer(event, { row, column, head }) {
    const { pointing, references } = this.app.editor;
    if (event.shiftKey) references.extend(pointing, [row, column]);
    else references.begin(pointing, [row, column], head);
    this.referring = pointing;
    this.app.grid.scroller.setPointerCapture(event.pointerId);
  }

  /** The lower right corner of what is chosen, from which it is filled. */
  #onHandle(event) {
    const { app } = this;
    const box = app.grid.box(app.choice.rect);
    const own = app.grid.scroller.getBoundingClientRect();
    const [x, y] = [event.clientX - own.left - box.left - box.width, event.clientY - own.top - box.top - box.height];
    return !app.wire.still && Math.abs(x) < 6 && Math.abs(y) < 6;
  }

  #moved(event) {
    const { app } = this;
    if (!app.book) return;
    const at = app.grid.at(event.clientX, event.clientY);
    if (this.referring) return this.app.editor.references.extend(this.referring, [at.row, at.column]);
    if (!this.dragging) return this.#point(event, at);
    const [top, left, bottom, right] = app.choice.rect;
    if (this.filling) app.choice.choose([this.filling[0], this.filling[1], Math.max(at.row, this.filling[2]), this.filling[3]], { reveal: false });
    else if (this.dragging === "row") app.choice.choose([app.choice.active[0], left, at.row, right], { reveal: false });
    else if (this.dragging === "column") app.choice.choose([top, app.choice.active[1], bottom, at.column], { reveal: false });
    else if (at.row !== app.choice.far[0] || at.column !== app.choice.far[1]) app.choice.moveTo(at.row, at.column, true);
    return undefined;
  }

  #up(event) {
    const { app } = this;
    const dragged = this.dragging;
    const referred = this.referring;
    this.dragging = this.referring = null;
    if (referred) return;
    if (this.filling) {
      const from = this.filling;
      this.filling = null;
      const rect = app.choice.rect;
      if (rect[2] > from[2]) app.ask({ do: "copy", sheet: app.sheet.title, rect: [from[2] + 1, from[1], rect[2], from[3]], from: { sheet: app.sheet.title, rect: from } });
      return;
    }
    if (!dragged && event.pointerType !== "touch") return;
    const { row, column, head } = app.grid.at(event.clientX, event.clientY);
    const link = head ? null : app.grid.cell(row, column)?.link;
    const place = link && parsePlace(link);
    if (place && app.choice.active[0] === row && app.choice.active[1] === column) app.go({ sheet: place.sheet ?? app.sheet.title, rect: place.rect });
  }

  /** What is said of the cell under the pointer: its remark, or why it cannot be computed. */
  #point(event, { row, column, head }) {
    const { app } = this;
    const cell = head ? null : app.grid.cell(row, column);
    const text = cell?.reason ?? cell?.comment;
    app.grid.scroller.style.cursor = this.#onHandle(event) ? "crosshair" : cell?.link ? "pointer" : "";
    this.hint.hidden = !text;
    if (!text) return;
    const box = app.grid.box([row, column, row, column]);
    this.hint.textContent = text;
    Object.assign(this.hint.style, { left: `${Math.min(box.left + box.width + 4, app.grid.element.clientWidth - 220)}px`, top: `${box.top}px` });
  }
}
