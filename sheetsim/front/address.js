// Addresses: "H5" to row and column, counted from 0, and back.

export const MAX_ROWS = 1048576;
export const MAX_COLUMNS = 16384;

export function columnName(column) {
  let letters = "";
  for (let n = column + 1; n > 0; n = Math.floor((n - 1) / 26)) letters = String.fromCharCode(65 + ((n - 1) % 26)) + letters;
  return letters;
}

export function cellName(row, column) {
  return columnName(column) + (row + 1);
}

/** [top, left, bottom, right] as "A1:B2", or "A1" for one cell. */
export function rangeName([top, left, bottom, right]) {
  const first = cellName(top, left);
  return top === bottom && left === right ? first : `${first}:${cellName(bottom, right)}`;
}

function parseCell(text) {
  const found = /^\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})$/.exec(text.trim());
  if (!found) return null;
  let column = 0;
  for (const letter of found[1].toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  const row = Number(found[2]) - 1;
  return row < MAX_ROWS && column <= MAX_COLUMNS ? [row, column - 1] : null;
}

/** "A1:B2" → [top, left, bottom, right]; null for anything else. */
export function parseRange(text) {
  const ends = text.split(":");
  const corners = ends.map(parseCell);
  if (ends.length > 2 || corners.includes(null)) return null;
  const [[r0, c0], [r1, c1]] = [corners[0], corners[corners.length - 1]];
  return [Math.min(r0, r1), Math.min(c0, c1), Math.max(r0, r1), Math.max(c0, c1)];
}

/** "adam!H5:H9" or "H5" → {sheet, rect}; sheet is null where none is named. */
export function parsePlace(text) {
  const mark = text.lastIndexOf("!");
  const rect = parseRange(text.slice(mark + 1));
  const sheet = mark < 0 ? null : text.slice(0, mark).replace(/^'(.*)'$/s, "$1").replaceAll("''", "'");
  return rect && { sheet, rect };
}
