// The wire of a notebook's widget: the channel between its two halves that anywidget gives, here and in Python.

import { parsePlace } from "./address.js";
import { App } from "./app.js";
import { make } from "./elements.js";
import { Wire } from "./wire.js";

class Channel extends Wire {
  constructor(model) {
    super(`${Math.random().toString(36).slice(2)}-`); // all views of a widget hear all answers
    this.model = model;
    this.listen = (content) => this.heard(content);
    model.on("msg:custom", this.listen);
  }

  async send(message) {
    this.model.send(message);
  }

  close() {
    this.model.off("msg:custom", this.listen);
  }
}

/** Draws one view, apart from the page around it: neither's styles reach the other. Gives what ends it. */
function render({ model, el }) {
  const host = make("div", { "data-lm-suppress-shortcuts": "true" }); // JupyterLab's keys rest while the sheet has the focus
  host.style.height = `${model.get("height")}px`;
  const inside = host.attachShadow({ mode: "open" });
  for (const kind of ["keydown", "keypress", "keyup"]) host.addEventListener(kind, (event) => event.stopPropagation());
  el.append(host);
  const wire = new Channel(model);
  const app = new App(inside, wire, { guest: true });
  inside.append(make("style", { textContent: STYLE })); // the style sheet, which `front.widget` puts before all modules
  host.sheetsim = app; // for the curious, and for tests
  const unwatched = followColours(host, () => {
    app.grid.paint();
    app.panel.draw();
  });
  const unmoved = followPlace(model, app);
  app.say({ note: "Waiting for Python. If nothing comes, run this cell again." });
  app.start(parsePlace(model.get("where")));
  return () => {
    unmoved();
    unwatched();
    wire.close();
    app.close();
    host.remove();
  };
}

/** `where` of the model is the chosen cell, here and in Python. */
function followPlace(model, app) {
  let noting;
  app.onchosen = (where) => {
    clearTimeout(noting);
    noting = setTimeout(() => {
      if (model.get("where") === where) return;
      model.set("where", where);
      model.save_changes();
    }, 150);
  };
  const move = () => {
    const place = parsePlace(model.get("where"));
    const same = place?.sheet === app.sheet?.title && place?.rect.join() === app.choice.rect.join();
    if (place && app.sheet && !same) app.showSheet(place.sheet ?? app.sheet.title, place.rect);
  };
  model.on("change:where", move);
  return () => {
    clearTimeout(noting);
    model.off("change:where", move);
  };
}

/** Dark where the notebook is dark: where its letters are light. */
function followColours(host, changed) {
  const look = () => {
    const theme = isLight(getComputedStyle(host.parentElement ?? document.body).color) ? "dark" : "light";
    if (host.dataset.theme === theme) return;
    host.dataset.theme = theme;
    changed();
  };
  const watcher = new MutationObserver(() => requestAnimationFrame(look));
  for (const element of [document.documentElement, document.body]) watcher.observe(element, { attributes: true });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", look);
  look();
  requestAnimationFrame(look); // by then it stands in the page
  return () => {
    watcher.disconnect();
    system.removeEventListener("change", look);
  };
}

/** Whether a colour, however it is written, is nearer to white than to black. */
function isLight(colour) {
  const canvas = make("canvas", { width: 1, height: 1 }).getContext("2d");
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
  return 0.3 * red + 0.59 * green + 0.11 * blue > 127;
}

export default { render };
