// The colours of the exported file by daylight; in the dark the same hues, light and dark exchanged.

/** Whether the page is dark: as the person has said here, else as they have said to the browser. */
export function isDark(element = document.body) {
  const { theme } = (element.getRootNode().host ?? document.documentElement).dataset; // a widget has its own
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function parts(code) {
  return [1, 3, 5].map((at) => parseInt(code.slice(at, at + 2), 16) / 255);
}

function toHsl([red, green, blue]) {
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  const light = (most + least) / 2;
  const range = most - least;
  if (range === 0) return [0, 0, light];
  const saturation = range / (1 - Math.abs(2 * light - 1));
  const hue = most === red ? ((green - blue) / range + 6) % 6 : most === green ? (blue - red) / range + 2 : (red - green) / range + 4;
  return [hue * 60, saturation, light];
}

const darkened = new Map();

/** A fill for the dark: a pale tint becomes a deep one. */
export function darkFill(code) {
  return remembered(`fill ${code}`, code, (light) => 0.92 - 0.76 * light);
}

/** An ink for the dark: dark letters become light ones. */
export function darkInk(code) {
  return remembered(`ink ${code}`, code, (light) => 0.95 - 0.4 * light);
}

function remembered(key, code, turned) {
  if (!darkened.has(key)) {
    const [hue, saturation, light] = toHsl(parts(code));
    darkened.set(key, `hsl(${hue.toFixed(0)} ${(Math.min(saturation, 0.6) * 100).toFixed(0)}% ${(turned(light) * 100).toFixed(0)}%)`);
  }
  return darkened.get(key);
}
