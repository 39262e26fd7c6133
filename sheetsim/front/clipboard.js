// Copy and paste: formulas within a workbook, values from and for other programs.

export class Clipboard {
  constructor(app) {
    this.app = app;
    for (const kind of ["copy", "cut", "paste"]) document.addEventListener(kind, (event) => this.#heard(kind, event), { signal: app.closing.signal });
  }

  #heard(kind, event) {
    const { app } = this;
    if (app.focused !== app.grid.scroller || !app.book) return;
    event.preventDefault();
    if (kind === "paste") this.#paste(event.clipboardData.getData("text/plain"));
    else this.#copy(event, kind === "cut");
  }

  async #copy(event, cut) {
    const { app } = this;
    const rect = app.choice.rect;
    const text = this.#texts(rect);
    this.held = { book: app.book.number, sheet: app.sheet.title, rect, text };
    if (text !== null) event.clipboardData.setData("text/plain", text);
    else {
      const answer = await app.ask({ do: "texts", sheet: app.sheet.title, rect, view: null });
      if (!answer) return;
      this.held.text = answer.text;
      await navigator.clipboard.writeText(answer.text).catch(() => app.say({ error: "the browser does not let this page write to the clipboard" }));
    }
    if (cut && !app.wire.still) await app.ask({ do: "clear", sheet: app.sheet.title, rect });
    app.choice.mark([...app.choice.others.filter((mark) => mark.kind !== "copied"), { rect, kind: "copied" }]);
    if (cut) this.held = null; // what was cut away is pasted as values
  }

  /** The cells as texts, or null if some of them have not been fetched. */
  #texts([top, left, bottom, right]) {
    const { grid, sheet } = this.app;
    const [lastRow, lastColumn] = [Math.min(bottom, sheet.rows - 1), Math.min(right, sheet.columns - 1)];
    const inside = ([t, l, b, r]) => t <= top && l <= left && b >= lastRow && r >= lastColumn;
    if (!grid.loaded.some(inside)) return null;
    const lines = [];
    for (let row = top; row <= Math.max(lastRow, top); row++) {
      const line = [];
      for (let column = left; column <= Math.max(lastColumn, left); column++) {
        const cell = grid.cell(row, column);
        const text = cell?.number !== undefined ? String(cell.number) : cell?.text ?? "";
        line.push(/[\t\n]/.test(text) ? `"${text}"` : text);
      }
      lines.push(line.join("\t"));
    }
    return lines.join("\n");
  }

  async #paste(text) {
    const { app, held } = this;
    if (app.wire.still) return;
    const message = { sheet: app.sheet.title, rect: app.choice.rect };
    const ours = held && held.book === app.book.number && held.text.trimEnd() === text.replaceAll("\r\n", "\n").trimEnd();
    const answer = await app.ask(ours ? { do: "copy", ...message, from: held } : { do: "paste", ...message, text });
    if (answer) app.choice.choose(answer.rect, { reveal: false });
  }

  forget() {
    this.held = null;
    this.app.choice.mark(this.app.choice.others.filter((mark) => mark.kind !== "copied"));
  }
}
