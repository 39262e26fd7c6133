// Charts: what the exported file says of each (its series, titles, limits), drawn here.

import { draw } from "./elements.js";

const SPACE = { top: 30, right: 16, bottom: 40, left: 56 };
const TEXT = 11;

/** A chart as an SVG element of that size. */
export function drawChart(chart, width, height) {
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": chart.title, class: "drawn" });
  svg.append(words(chart.title, width / 2, 19, "middle", 14));
  if (chart.error) {
    svg.append(words(chart.error, width / 2, height / 2, "middle", TEXT));
    return svg;
  }
  const named = chart.series.filter((series) => series.name);
  const legend = chart.series.length > 1 && named.length > 0;
  const area = { left: SPACE.left, top: SPACE.top, right: width - SPACE.right, bottom: height - SPACE.bottom - (legend ? 16 : 0) };
  const across = chart.kind === "bars" ? barScale(chart, area) : scaleOf(values(chart, "x"), chart.limits[0], false, area.left, area.right, false);
  const along = scaleOf(values(chart, "y"), chart.limits[1], chart.logarithmic, area.bottom, area.top, chart.kind === "bars");
  drawAxes(svg, chart, area, across, along);
  if (legend) drawLegend(svg, named, width, height);
  const inside = draw("svg", { x: area.left, y: area.top, width: area.right - area.left, height: area.bottom - area.top, viewBox: `${area.left} ${area.top} ${area.right - area.left} ${area.bottom - area.top}`, overflow: chart.kind === "bars" ? "hidden" : "visible" });
  chart.series.forEach((series, at) => inside.append(chart.kind === "bars" ? bars(series, at, chart, across, along) : line(series, across, along, area, chart.series.length)));
  svg.append(inside);
  return svg;
}

function values(chart, axis) {
  return chart.series.flatMap((series) => series[axis]).filter((value) => typeof value === "number");
}

function words(text, x, y, anchor, size, turned) {
  const element = draw("text", { x, y, "text-anchor": anchor, "font-size": size, transform: turned ? `rotate(-90 ${x} ${y})` : null });
  element.textContent = text;
  return element;
}

/** Numbers to places: {place(number), steps}. */
function scaleOf(numbers, [low, high], logarithmic, from, to, withZero) {
  const known = logarithmic ? numbers.filter((number) => number > 0) : numbers;
  let least = low ?? Math.min(...known, ...(withZero ? [0] : []));
  let most = high ?? Math.max(...known, ...(withZero ? [0] : []));
  if (!Number.isFinite(least) || !Number.isFinite(most)) [least, most] = logarithmic ? [1, 10] : [0, 1];
  if (logarithmic) {
    const ends = [Math.floor(Math.log10(low ?? least)), Math.ceil(Math.log10(high ?? most))];
    if (ends[0] === ends[1]) ends[1] += 1;
    const steps = [];
    for (let power = ends[0]; power <= ends[1]; power++) steps.push(10 ** power);
    return { place: (number) => (number > 0 ? from + ((Math.log10(number) - ends[0]) / (ends[1] - ends[0])) * (to - from) : null), steps };
  }
  if (least === most) [least, most] = [least - 1, most + 1];
  const step = niceStep((most - least) / Math.max(2, Math.min(8, Math.abs(to - from) / 45)));
  if (low === null) least = Math.floor(least / step + 1e-9) * step;
  if (high === null) most = Math.ceil(most / step - 1e-9) * step;
  const steps = [];
  for (let at = Math.ceil(least / step - 1e-9); at * step <= most + step * 1e-9; at++) steps.push(Number((at * step).toPrecision(12)));
  return { place: (number) => from + ((number - least) / (most - least)) * (to - from), steps };
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].find((each) => each * power >= rough) * power;
}

function barScale(chart, area) {
  const labels = chart.series[0].x;
  const step = (area.right - area.left) / Math.max(1, labels.length);
  const every = Math.ceil(labels.length / Math.max(1, (area.right - area.left) / 40));
  return { step, place: (at) => area.left + (at + 0.5) * step, labels: labels.map((label, at) => (at % every ? "" : label)) };
}

function drawAxes(svg, chart, area, across, along) {
  for (const step of along.steps) {
    const y = along.place(step);
    svg.append(draw("line", { x1: area.left, x2: area.right, y1: y, y2: y, class: "rule" }));
    svg.append(words(plain(step), area.left - 6, y + 4, "end", TEXT));
  }
  svg.append(draw("line", { x1: area.left, x2: area.right, y1: area.bottom, y2: area.bottom, class: "axis" }));
  if (across.labels) across.labels.forEach((label, at) => svg.append(words(label, across.place(at), area.bottom + 15, "middle", TEXT)));
  else for (const step of across.steps) svg.append(words(plain(step), across.place(step), area.bottom + 15, "middle", TEXT));
  const [x, y] = chart.titles;
  if (x) svg.append(words(x, (area.left + area.right) / 2, area.bottom + 32, "middle", TEXT));
  if (y) svg.append(words(y, 14, (area.top + area.bottom) / 2, "middle", TEXT, true));
}

function plain(number) {
  const size = Math.abs(number);
  return size !== 0 && (size >= 1e6 || size < 1e-4) ? number.toExponential().replace("e+", "E").replace("e-", "E-") : String(number);
}

function line(series, across, along, area, count) {
  const group = draw("g", { class: "series" });
  const points = series.y.map((y, at) => {
    const x = series.x[at];
    const known = typeof x === "number" && typeof y === "number";
    const place = known ? [across.place(x), along.place(y)] : null;
    return place && place[1] !== null && Number.isFinite(place[0] + place[1]) ? place : null;
  });
  if (series.line || series.dashed) {
    let path = "";
    let pen = "M";
    for (const point of points) {
      path += point ? `${pen}${point[0].toFixed(1)} ${clamp(point[1], area).toFixed(1)}` : "";
      pen = point ? "L" : "M";
    }
    group.append(draw("path", { d: path || "M0 0", fill: "none", stroke: series.colour, "stroke-width": count >= 4 || series.dashed ? 1.3 : 2, "stroke-dasharray": series.dashed ? "6 4" : null }));
  }
  if (series.marks) {
    points.forEach((point, at) => {
      if (!point) return;
      const mark = draw("circle", { cx: point[0].toFixed(1), cy: clamp(point[1], area).toFixed(1), r: series.line ? 2.2 : 3, fill: series.colour });
      mark.append(draw("title"));
      mark.firstChild.textContent = `${series.name ? `${series.name}: ` : ""}${series.x[at]}, ${series.y[at]}`;
      group.append(mark);
    });
  }
  return group;
}

function clamp(y, area) {
  return Math.max(area.top - 4, Math.min(area.bottom + 4, y));
}

function bars(series, number, chart, across, along) {
  const group = draw("g", { class: "series" });
  const width = (across.step * 0.62) / chart.series.length;
  series.y.forEach((value, at) => {
    if (typeof value !== "number") return;
    const [zero, top] = [along.place(0), along.place(value)];
    const x = across.place(at) + (number - chart.series.length / 2) * width;
    const bar = draw("rect", { x: x.toFixed(1), y: Math.min(zero, top).toFixed(1), width: width.toFixed(1), height: Math.abs(zero - top).toFixed(1), fill: series.colour });
    bar.append(draw("title"));
    bar.firstChild.textContent = `${series.x[at]}: ${value}`;
    group.append(bar);
  });
  return group;
}

function drawLegend(svg, named, width, height) {
  const widths = named.map((series) => series.name.length * 6 + 28);
  let x = Math.max(8, (width - widths.reduce((a, b) => a + b, 0)) / 2);
  named.forEach((series, at) => {
    svg.append(draw("line", { x1: x, x2: x + 16, y1: height - 10, y2: height - 10, stroke: series.colour, "stroke-width": 3, "stroke-dasharray": series.dashed ? "5 3" : null }));
    svg.append(words(series.name, x + 20, height - 6, "start", TEXT));
    x += widths[at];
  });
}
