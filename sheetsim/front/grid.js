// The grid: only what is seen is drawn, however many rows there are.
//
// A transparent scroller lies over everything and gives the scroll bars; what is seen lies under it in four panes (what
// is frozen stays) and two heads. Which cell the pointer is at is worked out from where things lie.

import { cellName, columnName, MAX_COLUMNS, MAX_ROWS } from "./address.js";
import { cellElement, light, textWidth } from "./cells.js";
import { drawChart } from "./charts.js";
import { isDark } from "./colours.js";
import { make, onceAFrame } from "./elements.js";
import { Axis } from "./geometry.js";

const ROW = 20;
const COLUMN = 64;
const HEAD = 22; // the height of the column heads
const TALLEST = 8e6; // pixels: browsers scroll no further; a taller sheet is scrolled in larger steps
const MARGIN = 40; // rows that are drawn and asked for beyond those seen; a quarter as many columns
const REACH = 8; // columns to the left whose texts may run on into what is seen
const SPARE = 60; // blank rows after the last one used; a fifth as many columns

export class Grid {
  /** `asks()` is called when cells are seen that have not been fetched. */
  constructor(asks) {
    this.asks = asks;
    this.scroller = make("div.scroller", { tabIndex: 0, role: "application", "aria-roledescription": "spreadsheet" }, make("div.spacer"));
    this.panes = ["body", "top", "left", "corner"].map((name) => make(`div.pane.${name}`));
    this.columnHeads = make("div.heads.across", { ariaHidden: "true" });
    this.rowHeads = make("div.heads.down", { ariaHidden: "true" });
    this.element = make("div.grid", {}, ...this.panes, this.columnHeads, this.rowHeads, make("div.edge"), this.scroller);
    this.cells = new Map();
    this.styles = [];
    this.drawn = this.panes.map(() => new Map());
    this.loaded = [];
    this.marks = [];
    this.charts = [];
    this.size = { width: 0, height: 0 }; // kept, like the place scrolled to: to ask the browser costs a layout each time
    this.scrolled = [0, 0];
    this.scroller.addEventListener("scroll", onceAFrame(() => this.#moved()));
    new ResizeObserver(onceAFrame(() => this.#moved())).observe(this.scroller);
  }

  /** Another sheet, of which nothing is fetched yet. */
  show(sheet) {
    this.sheet = sheet;
    this.rows = new Axis(ROW, sheet.heights);
    this.columns = new Axis(COLUMN, sheet.widths);
    this.cells = new Map();
    this.merged = new Map(); // cells that are drawn as one, by the first of them
    this.loaded = [];
    this.charts = [];
    this.reached = [0, 0];
    for (const [pane, drawn] of this.panes.map((each, at) => [each, this.drawn[at]])) {
      pane.replaceChildren();
      drawn.clear();
    }
    this.element.classList.toggle("ruled", sheet.gridlines);
    this.#scrollTo(0, 0);
  }

  #scrollTo(left, top) {
    this.scroller.scrollTo(left, top);
    this.#moved();
  }

  #moved() {
    const { clientWidth, clientHeight, scrollTop, scrollLeft } = this.scroller;
    this.size = { width: clientWidth, height: clientHeight };
    this.scrolled = [scrollTop, scrollLeft];
    this.paint();
  }

  /** Cells that were fetched take the place of all that were; those that changed light up. */
  take(view, light) {
    const before = this.cells;
    this.cells = new Map(view.cells.map((cell) => [cell.at.join(), cell]));
    this.styles = view.styles;
    this.signs = view.styles.map((style) => JSON.stringify(style));
    this.loaded = view.rects;
    this.merged = new Map((view.merged ?? []).map((rect) => [`${rect[0]},${rect[1]}`, rect]));
    if (view.charts) this.charts = view.charts.map((chart) => ({ ...chart, sign: JSON.stringify(chart) }));
    this.lit = new Set();
    if (light) {
      for (const [key, cell] of this.cells) {
        const old = before.get(key);
        const differs = old ? old.text !== cell.text || old.number !== cell.number : cell.text !== "";
        if (differs && (old || this.#wasLoaded)) this.lit.add(key);
      }
    }
    this.#wasLoaded = true;
    this.paint();
  }

  #wasLoaded = false;

  cell(row, column) {
    return this.cells.get(`${row},${column}`);
  }

  // --- where things are -----------------------------------------------------------------------------------------------
  get frozen() {
    return this.sheet.freeze;
  }

  get headWidth() {
    return 34 + 8 * Math.max(0, String(this.#extent()[0]).length - 3);
  }

  #extent() {
    const [row, column] = this.reached;
    return [
      Math.min(MAX_ROWS, Math.max(this.sheet.rows, row + 1) + SPARE),
      Math.min(MAX_COLUMNS, Math.max(this.sheet.columns, column + 1, ...this.charts.map((chart) => chart.at[1] + 8)) + SPARE / 5),
    ];
  }

  #measure() {
    const [rows, columns] = this.#extent();
    const [frozenRows, frozenColumns] = this.frozen;
    const { size } = this;
    const total = [this.rows.start(rows), this.columns.start(columns)];
    this.scale = Math.max(1, total[0] / TALLEST);
    const spacer = this.scroller.firstChild;
    const wanted = [`${total[1] + this.headWidth}px`, `${total[0] / this.scale + HEAD}px`];
    if (spacer.style.width !== wanted[0]) spacer.style.width = wanted[0];
    if (spacer.style.height !== wanted[1]) spacer.style.height = wanted[1];
    const fixed = [this.rows.start(frozenRows), this.columns.start(frozenColumns)];
    const at = [this.scrolled[0] * this.scale, this.scrolled[1]];
    const first = [this.rows.at(at[0] + fixed[0]), this.columns.at(at[1] + fixed[1])];
    const last = [this.rows.at(at[0] + Math.max(size.height - HEAD, 0)), this.columns.at(at[1] + Math.max(size.width - this.headWidth, 0))];
    return { rows, columns, frozenRows, frozenColumns, size, fixed, at, first, last };
  }

  /** The cells to fetch: what is seen and somewhat more, and the frozen cells beside. */
  wanted() {
    const seen = this.#measure();
    const top = Math.max(seen.frozenRows, seen.first[0] - MARGIN);
    const left = Math.max(seen.frozenColumns, seen.first[1] - MARGIN / 4);
    const bottom = Math.min(seen.rows, seen.last[0] + MARGIN);
    const right = Math.min(seen.columns, seen.last[1] + MARGIN / 4);
    const rects = [[top, left, bottom, right]];
    if (seen.frozenRows) rects.push([0, left, seen.frozenRows - 1, right]);
    if (seen.frozenColumns) rects.push([top, 0, bottom, seen.frozenColumns - 1]);
    if (seen.frozenRows && seen.frozenColumns) rects.push([0, 0, seen.frozenRows - 1, seen.frozenColumns - 1]);
    return rects;
  }

  #isLoaded(seen) {
    const [rect] = this.loaded;
    if (!rect) return false;
    const [rows, columns] = [Math.min(seen.last[0], seen.rows), Math.min(seen.last[1], seen.columns)];
    return rect[0] <= seen.first[0] && rect[1] <= seen.first[1] && rect[2] >= rows && rect[3] >= columns;
  }

  /** The cell, or head, at a point of the window. */
  at(x, y) {
    const box = this.scroller.getBoundingClientRect();
    const [left, top] = [x - box.left - this.headWidth, y - box.top - HEAD];
    const { fixed, at } = this.#measure();
    const row = this.rows.at(Math.max(0, top < fixed[0] ? top : top + at[0]));
    const column = this.columns.at(Math.max(0, left < fixed[1] ? left : left + at[1]));
    return { row: Math.min(row, MAX_ROWS - 1), column: Math.min(column, MAX_COLUMNS - 1), head: top < 0 ? (left < 0 ? "all" : "column") : left < 0 ? "row" : null };
  }

  /** Where some cells lie in the element: {left, top, width, height}. */
  box([top, left, bottom, right]) {
    const { at, frozenRows, frozenColumns } = this.#measure();
    const y = this.rows.start(top) - (top < frozenRows ? 0 : at[0]) + HEAD;
    const x = this.columns.start(left) - (left < frozenColumns ? 0 : at[1]) + this.headWidth;
    return { left: x, top: y, width: this.columns.start(right + 1) - this.columns.start(left), height: this.rows.start(bottom + 1) - this.rows.start(top) };
  }

  /** Scrolls until a cell is seen. */
  reveal(row, column) {
    this.reached = [Math.max(this.reached[0], row), Math.max(this.reached[1], column)];
    const { fixed, at, size, frozenRows, frozenColumns } = this.#measure();
    const [height, width] = [size.height - HEAD, size.width - this.headWidth];
    const scroll = (axis, index, start, still, room) => {
      const [begin, end] = [axis.start(index), axis.start(index + 1)];
      if (begin - start < still) return begin - still;
      return end - start > room ? Math.min(end - room, begin - still) : start;
    };
    const y = row < frozenRows ? at[0] : scroll(this.rows, row, at[0], fixed[0], height);
    const x = column < frozenColumns ? at[1] : scroll(this.columns, column, at[1], fixed[1], width);
    if (y !== at[0] || x !== at[1]) this.#scrollTo(x, y / this.scale);
    else this.paint();
  }

  /** How many rows fit into the window. */
  get page() {
    const { first, last } = this.#measure();
    return Math.max(1, last[0] - first[0] - 1);
  }

  // --- painting -------------------------------------------------------------------------------------------------------
  paint() {
    if (!this.sheet || !this.size.width) return;
    const seen = this.#measure();
    if (!this.#isLoaded(seen)) this.asks();
    this.dark = isDark(this.element);
    const range = (from, to, count) => [from, Math.min(to, count - 1)];
    const body = { rows: range(seen.first[0], seen.last[0], seen.rows), columns: range(seen.first[1], seen.last[1], seen.columns) };
    const still = { rows: [0, seen.frozenRows - 1], columns: [0, seen.frozenColumns - 1] };
    const [x, y] = [this.headWidth, HEAD];
    const [frozenHeight, frozenWidth] = seen.fixed;
    const { width, height } = seen.size;
    const places = [
      [body.rows, body.columns, x + frozenWidth, y + frozenHeight, width - x - frozenWidth, height - y - frozenHeight],
      [still.rows, body.columns, x + frozenWidth, y, width - x - frozenWidth, frozenHeight],
      [body.rows, still.columns, x, y + frozenHeight, frozenWidth, height - y - frozenHeight],
      [still.rows, still.columns, x, y, frozenWidth, frozenHeight],
    ];
    places.forEach(([rows, columns, left, top, wide, high], number) => {
      const pane = this.panes[number];
      Object.assign(pane.style, { left: `${left}px`, top: `${top}px`, width: `${Math.max(wide, 0)}px`, height: `${Math.max(high, 0)}px` });
      const from = { y: (rows === body.rows ? seen.at[0] + frozenHeight : 0), x: (columns === body.columns ? seen.at[1] + frozenWidth : 0) };
      const reach = columns !== body.columns ? 0 : seen.at[1] === 0 ? columns[0] : Math.max(seen.frozenColumns, columns[0] - REACH);
      this.#paintPane(number, rows, columns, from, wide, high, reach);
    });
    this.#paintHeads(seen, body, still);
  }

  /** One of the four panes. `reach` is the first column whose texts may run on into it. */
  #paintPane(number, rows, columns, from, wide, high, reach) {
    const drawn = this.drawn[number];
    const kept = new Set();
    const pane = this.panes[number];
    const added = document.createDocumentFragment();
    const put = (key, sign, build) => {
      const old = drawn.get(key);
      kept.add(key);
      if (old && old.sign === sign) return old.element;
      const element = build();
      if (old) old.element.replaceWith(element);
      else added.append(element);
      drawn.set(key, { sign, element });
      return element;
    };
    const style = (box) => `${box.x},${box.y},${box.w},${box.h}`;
    const place = (element, { x, y, w, h }) => {
      Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px` });
      return element;
    };
    for (let row = rows[0]; row <= rows[1]; row++) {
      const y = this.rows.start(row + 1) - from.y;
      put(`-${row}`, `${y},${wide}`, () => place(make("div.ruling"), { x: 0, y: y - 1, w: wide, h: 1 }));
    }
    for (let column = columns[0]; column <= columns[1]; column++) {
      const x = this.columns.start(column + 1) - from.x;
      put(`|${column}`, `${x},${high}`, () => place(make("div.ruling"), { x: x - 1, y: 0, w: 1, h: high }));
    }
    const draw = (cell, row, column, box, own, outside) => {
      const key = `${row},${column}`;
      const lit = this.lit?.has(key);
      const sign = `${style(box)}|${this.signs[cell.style]}|${cell.kind ?? ""}|${cell.reason ?? ""}|${cell.comment ?? ""}|${this.dark}`;
      const element = put(key, sign, () => place(cellElement(cell, this.styles[cell.style], { name: outside ? null : cellName(row, column), own, dark: this.dark, ...box }), box));
      if (element.firstChild.data !== cell.text) element.firstChild.data = cell.text;
      if (lit) light(element);
    };
    for (let row = rows[0]; row <= rows[1]; row++) {
      for (let column = Math.min(reach, columns[0]); column <= columns[1]; column++) {
        const cell = this.cell(row, column);
        const outside = column < columns[0];
        if (!cell || (outside && cell.kind !== "text") || this.merged.has(`${row},${column}`)) continue;
        const y = this.rows.start(row) - from.y;
        const x = this.columns.start(column) - from.x;
        const [own, h] = [this.columns.size(column), this.rows.size(row)];
        if (own && h) draw(cell, row, column, { x, y, w: this.#breadth(cell, row, column), h }, own, outside);
      }
    }
    for (const rect of this.merged.values()) {
      const [top, left, bottom, right] = rect;
      const cell = this.cell(top, left);
      if (!cell || bottom < rows[0] || top > rows[1] || right < columns[0] || left > columns[1]) continue;
      const box = this.#inPane(rect, from);
      draw(cell, top, left, box, box.w, false);
    }
    this.#putCharts(put, place, from, wide, high);
    this.marks.forEach((mark, at) => {
      const box = this.#inPane(mark.rect, from);
      if (box.x > wide || box.y > high || box.x + box.w < 0 || box.y + box.h < 0) return;
      put(`mark ${at}`, `${style(box)}|${mark.kind}|${mark.colour}`, () => {
        const element = place(make(`div.mark.${mark.kind}`), box);
        if (mark.colour) element.style.setProperty("--mark", mark.colour);
        return element;
      });
    });
    for (const [key, { element }] of drawn) {
      if (!kept.has(key)) {
        element.remove();
        drawn.delete(key);
      }
    }
    pane.append(added);
    if (number === 3) this.lit = new Set(); // lit once
  }

  #inPane([top, left, bottom, right], from) {
    const [x, y] = [this.columns.start(left) - from.x, this.rows.start(top) - from.y];
    return { x, y, w: this.columns.start(right + 1) - from.x - x, h: this.rows.start(bottom + 1) - from.y - y };
  }

  #putCharts(put, place, from, wide, high) {
    this.charts.forEach((chart, at) => {
      const [w, h] = chart.size;
      const box = { x: this.columns.start(chart.at[1]) - from.x, y: this.rows.start(chart.at[0]) - from.y, w, h };
      if (box.x >= wide || box.y >= high || box.x + w < 0 || box.y + h < 0) return;
      put(`chart ${at}`, `${box.x},${box.y}|${chart.sign}|${this.dark}`, () => place(make("div.chart", {}, drawChart(chart, w, h)), box));
    });
  }

  /** How wide a cell is drawn: a text runs on over blank cells to its right. */
  #breadth(cell, row, column) {
    const own = this.columns.size(column);
    const needed = textWidth(cell, this.styles[cell.style]);
    let width = own;
    for (let next = column + 1; width < needed && next < column + 40; next++) {
      if (this.cell(row, next)?.text || this.merged.has(`${row},${next}`)) break;
      width += this.columns.size(next);
    }
    return width;
  }

  #paintHeads(seen, body, still) {
    const chosen = this.marks.filter((mark) => mark.kind === "chosen" || mark.kind === "active").map((mark) => mark.rect);
    const sign = JSON.stringify([seen, body, still, chosen, this.sheet.title]);
    if (sign === this.headSign) return;
    this.headSign = sign;
    const [x, y] = [this.headWidth, HEAD];
    Object.assign(this.columnHeads.style, { left: `${x}px`, height: `${HEAD}px`, width: `${seen.size.width - x}px` });
    Object.assign(this.rowHeads.style, { top: `${y}px`, width: `${x}px`, height: `${seen.size.height - y}px` });
    Object.assign(this.element.querySelector(".edge").style, { width: `${x}px`, height: `${y}px` });
    const head = (index, axis, offset, across) => {
      const place = axis.start(index) - offset;
      const element = make("div.head", { textContent: across ? columnName(index) : String(index + 1) });
      const [start, length] = across ? ["left", "width"] : ["top", "height"];
      element.style[start] = `${place}px`;
      element.style[length] = `${axis.size(index)}px`;
      if (chosen.some((rect) => (across ? rect[1] <= index && index <= rect[3] : rect[0] <= index && index <= rect[2]))) element.classList.add("on");
      return element;
    };
    const line = (range, axis, offset, across) => {
      const found = [];
      for (let index = range[0]; index <= range[1]; index++) if (axis.size(index)) found.push(head(index, axis, offset, across));
      return found;
    };
    this.columnHeads.replaceChildren(...line(body.columns, this.columns, seen.at[1], true), ...line(still.columns, this.columns, 0, true));
    this.rowHeads.replaceChildren(...line(body.rows, this.rows, seen.at[0], false), ...line(still.rows, this.rows, 0, false));
  }
}
