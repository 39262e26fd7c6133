// One cell as it is drawn.

import { darkFill, darkInk } from "./colours.js";
import { make } from "./elements.js";

const LINE = 20; // pixels: the height of a row of one line
const LETTER = 7.5; // about
const LEVELS = { top: () => LINE, middle: (height) => height - 2, foot: (height) => 2 * height - LINE - 2 }; // in a high row

/** How wide the text of a cell is, roughly; 0 where it keeps to its cell. */
export function textWidth(cell, look) {
  if (cell.kind !== "text" || look.wrap || look.align === "right") return 0;
  return cell.text.length * LETTER * ((look.size ?? 11) / 11) + 6;
}

/** The element of a cell. `own` is the width of its column, `w` and `h` what it is drawn in: a text may run on beyond its
 * column, its colour does not. Without a `name` it is drawn for its text alone, which runs on from another pane. */
export function cellElement(cell, look, { name, own, w, h, dark }) {
  const usual = cell.number !== undefined ? "right" : cell.kind === "logical" || cell.kind === "error" ? "center" : "left";
  const element = make(`div.cell.${look.align ?? usual}`, {}, document.createTextNode(cell.text));
  if (name) element.dataset.cell = name;
  else element.classList.add("outside");
  if (w > own) element.classList.add("running");
  if (cell.reason) element.classList.add("lacking");
  if (cell.comment) element.classList.add("remarked");
  for (const word of ["bold", "italic", "underline", "rule", "wrap"]) if (look[word]) element.classList.add(word);
  if (look.fill && name) {
    const fill = dark ? darkFill(look.fill) : look.fill;
    element.style.background = w > own ? `linear-gradient(${fill}, ${fill}) no-repeat 0 0 / ${own}px 100%` : fill;
    element.classList.add("filled");
  }
  if (look.ink) element.style.color = dark ? darkInk(look.ink) : look.ink;
  if (look.size) element.style.fontSize = `${(look.size * 13) / 11}px`;
  if (h > LINE && !look.wrap) element.style.lineHeight = `${LEVELS[look.level ?? "foot"](h)}px`;
  return element;
}

const GLOW = 900; // milliseconds that a changed cell is lit up
const glowing = new Set(); // wherever they are: a widget is a tree of its own
let fading = null;

/** Lights a cell up, for a while: without an animation, which would have hundreds of cells painted anew each frame. */
export function light(element) {
  element.classList.add("lit");
  glowing.add(element);
  clearTimeout(fading);
  fading = setTimeout(() => {
    for (const cell of glowing) cell.classList.remove("lit");
    glowing.clear();
  }, GLOW);
}
