// The bar at the top: the workbook, undo and redo, opening, saving, comparing, light and dark, help.

import { isDark } from "./colours.js";
import { make } from "./elements.js";

const FIRST = [
  ["Change an orange cell", "a learning rate, a weight: type a number, press Enter. What changes lights up, and the charts follow."],
  ["Press Reset, then Run", "on basic, momentum, rmsprop, adam. The slider goes back through the epochs."],
  ["Click a number that is computed", "beside the grid stands where it comes from; a click on a part goes there, Alt+← comes back."],
  ["Ask for a gradient", "“shade by gradient” colours every cell by what it would do to the one you chose."],
  ["Open collab_filter and press Solve", "on dotprod: the Solver fits the factors to the ratings."],
];
const KEYS = [
  ["arrows, Page Up/Down, Home, Ctrl+Home/End", "go; with Shift they choose, with Ctrl they go to the edge of what is filled"],
  ["Enter, Tab, Shift", "down, right, and back"],
  ["F2, or just type", "change a cell; Escape leaves it as it was; Ctrl+Enter fills all that is chosen"],
  ["Delete", "empties what is chosen"],
  ["Ctrl+Z, Ctrl+Y", "back, and again"],
  ["Ctrl+C, X, V", "copy, cut, paste, with other programs too"],
  ["Ctrl+D, Ctrl+R", "fill down, fill right"],
  ["Ctrl+G", "go to an address, a name, a sheet"],
  ["Alt+Page Up/Down", "the sheet before, the next one"],
  ["Alt+←", "back to where you came from"],
  ["F6", "round the parts of the page: sheet, explanation, tabs, bar"],
  ["Ctrl+S", "save a copy as .xlsx"],
  ["Ctrl+O", "open another workbook"],
];

export class Bar {
  constructor(app) {
    this.app = app;
    const button = (text, title, onclick, ...classes) => make(["button", ...classes].join("."), { type: "button", textContent: text, title, onclick });
    this.title = button("…", "Open another workbook (Ctrl+O)", () => this.openDialog(), "book");
    this.undo = button("↶", "Undo", () => this.step("undo"), "icon");
    this.redo = button("↷", "Redo", () => this.step("redo"), "icon");
    this.compare = button("Compare", "Every optimizer side by side", () => this.compareDialog());
    this.dialog = make("dialog", { onclick: (event) => event.target === this.dialog && this.dialog.close() });
    this.picker = make("input", { type: "file", accept: ".xlsx,.xlsm,.xltx,.xltm", hidden: true, "aria-label": "A workbook's file", onchange: () => this.#picked() });
    const { guest } = app;
    const changing = [this.undo, this.redo, button("Save .xlsx", "A copy as .xlsx, formulas and values (Ctrl+S)", () => this.save(), "save"), guest ? null : this.compare];
    const light = button("◐", "Light or dark", () => this.#turnLight(), "icon", "light");
    const quit = button("Quit", "End sheetsim study", () => this.quit(), "quit");
    this.element = make(
      "header", {}, make("span.brand", { textContent: "sheetsim" }), this.title, ...(app.wire.still ? [] : changing), make("span.gap"),
      button("Panel", "Show or hide what stands beside the sheet", () => app.panel.toggle(), "panelswitch"),
      guest ? null : light, button("?", "What to try, and the keys", () => this.help(), "icon", "help"),
      app.wire.still || guest ? null : quit, this.dialog, this.picker,
    );
    for (const icon of this.element.querySelectorAll(".icon")) icon.setAttribute("aria-label", icon.title);
    const kept = this.#kept();
    if (kept && !guest) document.documentElement.dataset.theme = kept;
  }

  show(state) {
    const { book } = this.app;
    const fixed = this.app.wire.still || this.app.guest;
    this.title.textContent = `${book.name}${fixed ? "" : " ▾"}`;
    this.title.title = `${book.about}${this.app.guest ? "" : "\nOpen another workbook (Ctrl+O)"}`;
    this.compare.hidden = !book.compares || Boolean(book.file);
    for (const [button, word, label] of [[this.undo, "undo", "Undo"], [this.redo, "redo", "Redo"]]) {
      button.disabled = !state[word];
      button.title = state[word] ? `${label} ${state[word]}` : `Nothing to ${word}`;
      button.setAttribute("aria-label", button.title);
    }
  }

  /** Undo or redo; the sheet where something happened is shown. */
  async step(word) {
    const { app } = this;
    if (app.wire.still || app.editor.editing) return;
    const answer = await app.ask({ do: word });
    const place = answer?.places[0];
    if (place && !answer.places.some(([title]) => title === app.sheet.title)) app.showSheet(place[0], [place[1], place[2], place[1], place[2]]);
  }

  // --- opening and saving ---------------------------------------------------------------------------------------------
  async save() {
    if (this.app.wire.still) return;
    const answer = await this.app.ask({ do: "save", view: null });
    if (!answer) return;
    const bytes = Uint8Array.from(atob(answer.data), (letter) => letter.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes]));
    make("a", { href: address, download: answer.file }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    this.app.say({ note: answer.note ?? `${answer.file} is in the folder of your downloads; what you opened is as it was` });
  }

  async #picked() {
    const [file] = this.picker.files;
    this.picker.value = "";
    if (!file) return;
    this.dialog.close();
    const data = await new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.readAsDataURL(file);
    });
    this.#opened(await this.app.ask({ do: "open", file: file.name, data, view: null }));
  }

  #opened(answer) {
    if (!answer) return;
    this.dialog.close();
    this.app.open(answer);
    this.app.focus();
  }

  openDialog() {
    const { app } = this;
    if (app.wire.still || app.guest) return;
    const choice = (name, about, onclick) => make("button.choice", { type: "button", onclick }, make("b", { textContent: name }), make("span", { textContent: about }));
    const groups = Object.entries(app.library ?? {}).map(([heading, names]) =>
      make("section", {}, make("h3", { textContent: heading }), ...Object.entries(names).map(([name, about]) => choice(name, about, async () => this.#opened(await app.ask({ do: "open", name, view: null }))))),
    );
    const others = (app.opened ?? []).filter((each) => each.number !== app.book?.number);
    const open = others.map((each) => choice(each.name, "is open", async () => this.#opened(await app.ask({ do: "start", book: each.number, view: null }))));
    this.#show("Open", choice("A file of yours …", "any .xlsx: a copy is read, the file stays as it is", () => this.picker.click()), ...(open.length ? [make("section", {}, make("h3", { textContent: "open already" }), ...open)] : []), ...groups);
  }

  compareDialog() {
    const { app } = this;
    const epochs = make("input", { type: "number", min: 1, max: 2000, value: 20, required: true });
    const settings = make("input", { type: "text", placeholder: "adam.lr=0.5, momentum.lr=0.0001" });
    const start = async (event) => {
      event.preventDefault();
      const parts = settings.value.split(",").map((part) => part.split("=").map((side) => side.trim())).filter((part) => part.length === 2);
      this.#opened(await app.ask({ do: "compare", epochs: Number(epochs.value), settings: Object.fromEntries(parts), view: null }));
    };
    const row = (text, input) => make("label", {}, make("span", { textContent: text }), input);
    const form = make("form", { onsubmit: start }, row("Epochs", epochs), row("Settings, after Reset", settings), make("button.main", { textContent: "Compare" }));
    this.#show("Compare the optimizers", make("p", { textContent: "Every optimizer from its Reset on, on the same points, as live formulas in a workbook of their own. What you have open stays open." }), form);
  }

  help() {
    const list = (rows) => make("dl", {}, ...rows.flatMap(([what, how]) => [make("dt", { textContent: what }), make("dd", { textContent: how })]));
    const { app } = this;
    const about = app.book ? [make("p", { textContent: app.book.about }), ...(app.sheet?.about ? [make("p", { textContent: `${app.sheet.title}: ${app.sheet.about}` })] : [])] : [];
    const first = app.wire.still ? FIRST.slice(2, 3) : app.guest ? FIRST.slice(0, 4) : FIRST;
    const keys = app.guest ? KEYS.slice(0, -1) : KEYS;
    this.#show("What to try first", ...about, list(first), make("h3", { textContent: "Keys" }), list(keys));
  }

  async quit() {
    const { app } = this;
    app.wire.end();
    this.#show("sheetsim study has ended", make("p", { textContent: "This page can be closed. What you did not save is gone." }));
  }

  #show(title, ...parts) {
    const close = make("button.close", { type: "button", textContent: "×", title: "Close", "aria-label": "Close", onclick: () => this.dialog.close() });
    this.dialog.replaceChildren(make("h2", { textContent: title }), close, ...parts);
    if (!this.dialog.open) this.dialog.showModal();
  }

  // --- light and dark -------------------------------------------------------------------------------------------------
  #kept() {
    try {
      return localStorage.getItem("sheetsim theme");
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  #turnLight() {
    const root = document.documentElement;
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("sheetsim theme", root.dataset.theme);
    } catch {
      // then it holds until the page is closed
    }
    this.app.grid.paint();
    this.app.panel.draw();
  }
}
