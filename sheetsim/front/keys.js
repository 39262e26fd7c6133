// The keyboard over the grid, as in a spreadsheet.

const ARROWS = { ArrowUp: [-1, 0, "up"], ArrowDown: [1, 0, "down"], ArrowLeft: [0, -1, "left"], ArrowRight: [0, 1, "right"] };

export class Keys {
  constructor(app) {
    this.app = app;
    app.grid.scroller.addEventListener("keydown", (event) => {
      if (app.book && this.#pressed(event)) event.preventDefault();
    });
    app.element.addEventListener("keydown", (event) => this.#everywhere(event));
    app.tabs.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      app.turn(step);
      app.tabs.querySelector("[aria-selected=true]").focus();
    });
  }

  /** Whether the key was one of ours. */
  #pressed(event) {
    const { key, shiftKey: shift, altKey: alt } = event;
    const ctrl = event.ctrlKey || event.metaKey;
    if (alt && (key === "PageUp" || key === "PageDown")) return this.#done(this.app.turn(key === "PageUp" ? -1 : 1));
    if (alt && key === "ArrowLeft" && this.app.guest) return this.#done(this.app.back()); // elsewhere the browser does it
    if (alt) return false;
    if (ARROWS[key]) return this.#arrow(ARROWS[key], ctrl, shift);
    if (ctrl) return this.#withControl(key, shift);
    return this.#plain(key, shift);
  }

  #done() {
    return true;
  }

  #arrow([rows, columns, towards], ctrl, shift) {
    const { app } = this;
    if (!ctrl) return this.#done(app.choice.move(rows, columns, shift));
    const at = shift ? app.choice.far : app.choice.active;
    app.ask({ do: "edge", sheet: app.sheet.title, at, towards, view: null }).then((answer) => answer && app.choice.moveTo(...answer.at, shift));
    return true;
  }

  #plain(key, shift) {
    const { app } = this;
    const { choice, grid, editor } = app;
    const [row, column] = shift ? choice.far : choice.active;
    if (key === "Enter") return this.#done(choice.move(shift ? -1 : 1, 0));
    if (key === "Tab") return this.#done(choice.move(0, shift ? -1 : 1));
    if (key === "F2") return this.#done(editor.open());
    if (key === "Home") return this.#done(choice.moveTo(row, app.sheet.freeze[1] && column > app.sheet.freeze[1] ? app.sheet.freeze[1] : 0, shift));
    if (key === "PageDown" || key === "PageUp") return this.#done(choice.move(key === "PageDown" ? grid.page : -grid.page, 0, shift));
    if (key === "Delete" || key === "Backspace") return this.#done(this.#change({ do: "clear" }));
    if (key === "Escape") return this.#done(app.hush(), app.clipboard.forget());
    if (key.length === 1) return this.#done(editor.open(key));
    return false;
  }

  #withControl(key, shift) {
    const { app } = this;
    const { choice, sheet } = app;
    const lower = key.toLowerCase();
    if (lower === "z") return this.#done(app.bar.step(shift ? "redo" : "undo"));
    if (lower === "y") return this.#done(app.bar.step("redo"));
    if (lower === "d" || lower === "r") return this.#done(this.#fill(lower === "r"));
    if (lower === "a") return this.#done(choice.choose([0, 0, Math.max(sheet.rows - 1, 0), Math.max(sheet.columns - 1, 0)], { reveal: false }));
    if (lower === "g") return this.#done(app.editor.name.focus());
    if (lower === "s") return this.#done(app.bar.save());
    if (lower === "o") return this.#done(app.bar.openDialog());
    if (key === "Home") return this.#done(choice.moveTo(...sheet.freeze, shift));
    if (key === "End") return this.#done(choice.moveTo(Math.max(sheet.rows - 1, 0), Math.max(sheet.columns - 1, 0), shift));
    if (key === "PageUp" || key === "PageDown") return this.#done(app.turn(key === "PageUp" ? -1 : 1));
    return false; // Ctrl+C, X and V are events of their own
  }

  /** Fill down, or right: from the first row of what is chosen; of one row, from the row above. */
  #fill(right) {
    const [top, left, bottom, end] = this.app.choice.rect;
    if (right) return this.#change({ do: "fill", right, rect: left === end ? [top, Math.max(0, left - 1), bottom, end] : [top, left, bottom, end] });
    return this.#change({ do: "fill", rect: top === bottom ? [Math.max(0, top - 1), left, bottom, end] : [top, left, bottom, end] });
  }

  #change(message) {
    const { app } = this;
    if (!app.wire.still) app.ask({ sheet: app.sheet.title, rect: app.choice.rect, ...message });
  }

  /** F6 goes round the parts of the page; undo works wherever nothing is typed. */
  #everywhere(event) {
    const { app } = this;
    if (event.key === "F6") {
      const parts = [app.grid.scroller, app.panel.element.querySelector("button"), app.tabs.querySelector("[aria-selected=true]"), app.bar.element.querySelector("button")].filter(Boolean);
      const now = parts.findIndex((part) => part.closest("header, .grid, .panel, footer")?.contains(app.focused));
      parts.at((now + (event.shiftKey ? -1 : 1) + parts.length) % parts.length).focus();
      event.preventDefault();
    }
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement || event.target === app.grid.scroller) return;
    if ((event.ctrlKey || event.metaKey) && "zy".includes(event.key.toLowerCase())) {
      app.bar.step(event.key.toLowerCase() === "y" || event.shiftKey ? "redo" : "undo");
      event.preventDefault();
    }
  }
}
