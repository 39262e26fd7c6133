// What a sheet can do: its buttons, its epochs one at a time, as a film and back again, and the Solver.

import { make, short } from "./elements.js";

const FRAME = 350; // milliseconds between two epochs of a film

export class Controls {
  constructor(app) {
    this.app = app;
    this.element = make("div.controls", { role: "toolbar", "aria-label": "Buttons of the sheet", hidden: true });
  }

  /** Another sheet. */
  sheet(sheet) {
    this.playing = false;
    this.epochs = null;
    this.running = null;
    const { app } = this;
    const still = app.wire.still;
    const button = (text, title, onclick, kind = "") => make(`button${kind}`, { type: "button", textContent: text, title, onclick });
    const run = sheet.buttons.find((each) => each.name === "run");
    const parts = [];
    if (!still) {
      for (const { name, times, help } of sheet.buttons) {
        const text = name[0].toUpperCase() + name.slice(1) + (times > 1 ? ` ${times} epochs` : "");
        parts.push(button(text, help || text, () => this.#press(name, null), `.${name}`));
      }
    }
    this.slider = null;
    if (run) {
      if (!still) {
        parts.push(button("1 epoch", "One epoch", () => this.#press("run", 1), ".one"));
      }
      this.film = button("▶ Film", "Epoch by epoch, until it is stopped", () => this.#film(), ".film");
      this.slider = make("input.slider", { type: "range", min: 0, max: 0, value: 0, disabled: true, "aria-label": "Epoch: back through time", oninput: () => this.#slide() });
      this.place = make("output.place", { textContent: "" });
      this.watched = make("output.watched");
      parts.push(this.film, make("label.time", {}, "epoch", this.slider, this.place), this.watched);
    }
    if (sheet.solver && !still) parts.push(...this.#solver(sheet));
    this.element.hidden = parts.length === 0;
    this.element.replaceChildren(...parts);
  }

  /** How many epochs there are, and what was watched at each. */
  show(epochs) {
    this.epochs = epochs;
    if (!this.slider || !epochs) return;
    this.slider.max = epochs.last;
    this.slider.disabled = epochs.last === 0;
    if (!this.sliding) this.slider.value = epochs.done;
    this.place.textContent = `${epochs.done} of ${epochs.last}`;
    const row = epochs.rows[epochs.done] ?? [];
    this.watched.textContent = epochs.headings.slice(1).map((heading, at) => (row[at + 1] === undefined ? "" : `${heading} ${short(row[at + 1])}`)).join("   ");
  }

  async #press(button, times) {
    this.playing = false;
    await this.app.ask({ do: "press", sheet: this.app.sheet.title, button, times });
    this.app.focus();
  }

  /** Back, or forth, to an epoch; while the slider moves, only the last place asked for counts. */
  async #slide() {
    this.playing = false;
    this.wanted = Number(this.slider.value);
    if (this.sliding) return;
    this.sliding = true;
    let now = null;
    while (now !== this.wanted) {
      now = this.wanted;
      await this.app.ask({ do: "go", sheet: this.app.sheet.title, epoch: now });
    }
    this.sliding = false;
  }

  async #film() {
    const { app } = this;
    this.playing = !this.playing;
    const { title } = app.sheet;
    let group = null;
    while (this.playing && app.sheet.title === title) {
      this.film.textContent = "■ Stop";
      const ahead = this.epochs && this.epochs.done < this.epochs.last;
      if (!ahead && app.wire.still) {
        if (this.epochs.done === 0) break;
        await app.ask({ do: "go", sheet: title, epoch: 0 });
      } else {
        const message = ahead ? { do: "go", epoch: this.epochs.done + 1 } : { do: "press", button: "run", times: 1, group };
        const answer = await app.ask({ sheet: title, ...message });
        if (!answer) break;
        group = answer.group ?? group;
        if (app.wire.still && this.epochs.done === this.epochs.last) break;
      }
      await new Promise((done) => setTimeout(done, FRAME));
    }
    this.playing = false;
    if (this.film) this.film.textContent = "▶ Film";
  }

  // --- the Solver -----------------------------------------------------------------------------------------------------
  #solver(sheet) {
    const { adj, opt, goal } = sheet.solver;
    this.solve = make("button.solve", { type: "button", textContent: "Solve", title: `${goal} ${opt} by changing ${adj}`, onclick: () => this.#search(sheet) });
    this.seed = make("input", { type: "checkbox" });
    this.progress = make("output.progress", { role: "status", textContent: `${goal} ${opt.replaceAll("$", "")} by changing ${adj.replaceAll("$", "")}` });
    return [this.solve, make("label", { title: "Else from the cells as they stand" }, this.seed, "from random numbers"), this.progress];
  }

  async #search(sheet) {
    const { app, solve, progress } = this;
    if (this.running) {
      app.wire.stop();
      progress.textContent = "stopping …";
      return;
    }
    this.running = true;
    solve.textContent = "Stop";
    progress.textContent = "searching …";
    const message = { do: "solve", sheet: sheet.title, onprogress: ({ iteration, objective }) => (progress.textContent = `iteration ${iteration}, objective ${short(objective)}`) };
    if (this.seed.checked) message.seed = Math.floor(Math.random() * 1e6);
    const answer = await app.ask(message);
    this.running = null;
    solve.textContent = "Solve";
    progress.textContent = answer ? answer.said : "";
    if (answer) app.say({ said: "" });
  }
}
