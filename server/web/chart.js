// Draws columns of an answer as bars or as a line.
import { isDate, isNumeric, short } from "./answer.js";
import { breadth, choice, cut, html, say, svg } from "./dom.js";

const MOST = 100;
const ROW = 26;
const LETTER = 7.4;

/** Show the chart that the state chooses, with the choices above it. */
export function chart({ answer, state, change, words, page }) {
  const numbers = answer.head.filter((name) => isNumeric(answer, name));
  if (!numbers.length) return [html("p", { class: "none" }, words.noNumbers)];
  const y = numbers.includes(state.y) ? state.y : numbers.at(-1);
  const x = answer.head.includes(state.x) ? state.x : (answer.head.find((name) => name !== y && !numbers.includes(name)) ?? answer.head.find((name) => name !== y) ?? y);
  const lines = state.kind ? state.kind === "lines" : isDate(answer, x);
  const choices = html(
    "p",
    { class: "row choices" },
    choice(words.along, answer.head, x, (value) => change({ x: value })),
    choice(words.values, numbers, y, (value) => change({ y: value })),
    drawnAs(words, lines, change),
  );
  const points = answer.rows.filter((row) => row[x] && row[y]).map((row) => ({ label: short(row[x], page.prefixes, page.base), at: row[x].value, value: +row[y].value }));
  if (!points.length) return [choices, html("p", { class: "none" }, words.noNumbers)];
  const title = say(words.chartOf, { y, x });
  const picture = lines ? line(points, title, isNumeric(answer, x) || isDate(answer, x), page.width) : bars(points, title, page.width);
  const note = !lines && points.length > MOST ? html("p", { class: "meta" }, say(words.firstOf, { shown: MOST, all: points.length })) : null;
  return [choices, html("figure", { class: "drawn" }, picture), note];
}

function drawnAs(words, lines, change) {
  const select = html("select", {}, html("option", { value: "bars" }, words.bars), html("option", { value: "lines" }, words.lines));
  select.value = lines ? "lines" : "bars";
  select.addEventListener("change", () => change({ kind: select.value }));
  return html("label", {}, `${words.drawnAs} `, select);
}

function frame(width, height, title, ...children) {
  const inner = [svg("title", {}, title), ...children];
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": title }, ...inner);
}

const plain = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 4 });

function bars(points, title, width) {
  const shown = points.slice(0, MOST);
  const longest = Math.max(4, ...shown.map((point) => breadth(point.label)));
  const left = Math.min(longest * LETTER + 10, width * 0.42);
  const right = 12 + Math.max(...shown.map((point) => plain.format(point.value).length)) * LETTER;
  const scale = linear(Math.min(0, ...shown.map((p) => p.value)), Math.max(0, ...shown.map((p) => p.value)), left, width - right);
  const rows = shown.map((point, index) => {
    const [from, to] = [scale(0), scale(point.value)].sort((a, b) => a - b);
    return svg(
      "g",
      {},
      svg("title", {}, `${point.label}: ${plain.format(point.value)}`),
      svg("text", { x: left - 8, y: index * ROW + 18, "text-anchor": "end" }, cut(point.label, Math.floor((left - 10) / LETTER))),
      svg("rect", { class: "bar-fill", x: from, y: index * ROW + 5, width: Math.max(to - from, 1), height: ROW - 9 }),
      svg("text", { class: "q", x: to + 6, y: index * ROW + 18 }, plain.format(point.value)),
    );
  });
  const axis = svg("line", { class: "axis", x1: scale(0), x2: scale(0), y1: 0, y2: shown.length * ROW });
  return frame(width, shown.length * ROW + 4, title, ...rows, axis);
}

function line(points, title, ordered, width) {
  const height = 320;
  const where = points.map((point, index) => ({ ...point, x: ordered ? place(point.at) : index }));
  if (ordered) where.sort((a, b) => a.x - b.x);
  const ticks = steps(Math.min(0, ...where.map((p) => p.value)), Math.max(0, ...where.map((p) => p.value)));
  const left = 14 + Math.max(...ticks.map((tick) => plain.format(tick).length)) * LETTER;
  const up = linear(ticks[0], ticks.at(-1), height - 34, 12);
  const along = linear(where[0].x, where.at(-1).x, left + 6, width - 30);
  const grid = ticks.flatMap((tick) => [
    svg("line", { class: "grid", x1: left, x2: width - 8, y1: up(tick), y2: up(tick) }),
    svg("text", { class: "q", x: left - 8, y: up(tick) + 4, "text-anchor": "end" }, plain.format(tick)),
  ]);
  const path = where.map((point, index) => `${index ? "L" : "M"}${along(point.x).toFixed(1)} ${up(point.value).toFixed(1)}`).join("");
  const marks = where.map((point) => svg("circle", { class: "mark", cx: along(point.x), cy: up(point.value), r: 3.5 }, svg("title", {}, `${point.label}: ${plain.format(point.value)}`)));
  return frame(width, height, title, ...grid, svg("path", { class: "line", d: path }), ...marks, ...named(where, along, height));
}

/** Write as many names under the axis as there is room for. */
function named(where, along, height) {
  const drawn = [];
  let free = -Infinity;
  for (const point of where) {
    const label = cut(point.label, 14);
    const half = (breadth(label) * LETTER) / 2;
    if (along(point.x) - half < free) continue;
    free = along(point.x) + half + 10;
    drawn.push(svg("text", { class: "q", x: along(point.x), y: height - 12, "text-anchor": "middle" }, label));
  }
  return drawn;
}

const linear = (from, to, start, end) => (value) => start + ((value - from) / (to - from || 1)) * (end - start);

/** Give a number for a number, a year or a date. */
function place(text) {
  const date = /^(-?\d{4,})-(\d\d)(?:-(\d\d))?/.exec(text);
  return date ? +date[1] + (date[2] - 1) / 12 + ((date[3] ?? 1) - 1) / 372 : parseFloat(text);
}

/** Give round numbers that span two. */
function steps(least, most) {
  const raw = (most - least || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= raw) * power;
  const found = [];
  for (let at = Math.floor(least / step); at * step < most + step; at += 1) found.push(at * step);
  return found;
}
