// Elements made in a line.

/** An element: `make("button.main", {title: "…", onclick: f}, "text", child)`. */
export function make(kind, said = {}, ...children) {
  const [name, ...classes] = kind.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [word, value] of Object.entries(said)) {
    if (value === null || value === undefined || value === false) continue;
    if (word.startsWith("on")) element.addEventListener(word.slice(2), value);
    else if (word in element && word !== "list" && !word.startsWith("aria")) element[word] = value;
    else element.setAttribute(word, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** An element of a drawing. */
export function draw(name, said = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [word, value] of Object.entries(said)) if (value !== null) element.setAttribute(word, value);
  element.append(...children);
  return element;
}

/** A number as the panel shows it: all digits of a short one, else seven. */
export function short(number) {
  if (typeof number !== "number") return number === null || number === undefined ? "" : String(number);
  const whole = String(number);
  return whole.length <= 9 ? whole : String(Number(number.toPrecision(7)));
}

/** What happens at most once a frame, however often it is asked for. */
export function onceAFrame(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}
