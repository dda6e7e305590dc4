// Draws points of an answer on an outline that the server has, with a list that says the same; no tiles are loaded.
import { isNumeric, short } from "./answer.js";
import { breadth, choice, cut, html, say, svg } from "./dom.js";

const POINT = /^\s*(?:<[^>]*>\s*)?POINT\s*Z?\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)/i;
const MOST = 500;
const WIDEST = 500;

/** Show the points of the columns that the state chooses. */
export async function map({ answer, state, change, words, page }) {
  const columns = choose(answer, state);
  if (!columns) return [html("p", { class: "none" }, words.noPlaces)];
  const points = read(answer, columns, page).slice(0, MOST);
  const choices = html(
    "p",
    { class: "row choices" },
    choice(words.latitude, answer.head, columns.lat, (value) => change({ lat: value })),
    choice(words.longitude, answer.head, columns.long, (value) => change({ long: value })),
    choice(words.name, answer.head, columns.name, (value) => change({ name: value })),
  );
  if (!points.length) return [choices, html("p", { class: "none" }, words.noPlaces)];
  const rings = page.outline ? await load(page.outline) : [];
  const box = bounds(rings.length ? rings.flat() : around(points));
  const inside = points.filter(({ lat, long }) => lat >= box.south && lat <= box.north && long >= box.west && long <= box.east);
  const title = say(words.mapOf, { count: inside.length });
  const list = html("details", { open: true }, html("summary", {}, words.sameAsList), html("ul", { class: "edges" }, ...points.map((point) => html("li", {}, `${point.name}: ${point.lat}, ${point.long}`, inside.includes(point) ? null : ` (${words.outside})`))));
  return [choices, html("figure", { class: "drawn" }, picture(inside, rings, box, title, page.width), html("figcaption", {}, words.outline)), list];
}

/** Load the rings of an outline (RFC 7946). */
async function load(address) {
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(`${reply.status} ${reply.statusText}`);
  const { features } = await reply.json();
  return features.flatMap(({ geometry }) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).flat());
}

/** Return corners that leave room around points, for a release without an outline. */
function around(points) {
  return points.flatMap(({ long, lat }) => [[long - 0.5, lat - 0.5], [long + 0.5, lat + 0.5]]);
}

function choose(answer, state) {
  const wkt = answer.head.find((name) => answer.rows.some((row) => POINT.test(row[name]?.value ?? "")));
  const numbers = answer.head.filter((name) => isNumeric(answer, name));
  const lat = answer.head.includes(state.lat) ? state.lat : (numbers.find((name) => /^lat/i.test(name)) ?? wkt);
  const long = answer.head.includes(state.long) ? state.long : (numbers.find((name) => /^(long?|lng)/i.test(name)) ?? wkt);
  if (!lat || !long) return null;
  const name = answer.head.includes(state.name) ? state.name : (answer.head.find((item) => item !== lat && item !== long) ?? lat);
  return { lat, long, name };
}

/** Read points from two columns of degrees or one of well-known text (OGC GeoSPARQL 1.0, section 8.5.1), which gives x before y. */
function read(answer, { lat, long, name }, page) {
  const found = [];
  for (const row of answer.rows) {
    const text = POINT.exec(row[lat]?.value ?? "");
    const point = text ? { lat: +text[2], long: +text[1] } : { lat: parseFloat(row[lat]?.value), long: parseFloat(row[long]?.value) };
    if (Math.abs(point.lat) <= 90 && Math.abs(point.long) <= 180) found.push({ ...point, name: short(row[name], page.prefixes, page.base) });
  }
  return found;
}

function picture(points, rings, box, title, room) {
  const squeeze = Math.cos((((box.south + box.north) / 2) * Math.PI) / 180);
  const width = Math.min(room, WIDEST);
  const scale = width / ((box.east - box.west) * squeeze || 1);
  const at = ([long, lat]) => [(long - box.west) * squeeze * scale, (box.north - lat) * scale];
  const height = (box.north - box.south) * scale;
  const land = svg("path", { class: "land", d: rings.map((ring) => `M${ring.map((place) => at(place).map((number) => number.toFixed(1)).join(" ")).join("L")}Z`).join("") });
  const marks = points.map((point) => {
    const [x, y] = at([point.long, point.lat]);
    return svg("circle", { class: "point", cx: x, cy: y, r: 5 }, svg("title", {}, `${point.name}: ${point.lat}, ${point.long}`));
  });
  const names = points.length <= 40 ? labels(points, at, width) : [];
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": title }, svg("title", {}, title), svg("rect", { class: "water", width, height }), land, ...marks, ...names);
}

/** Write the names of points where they cover no other name and no other point. */
function labels(points, at, width) {
  const taken = points.map((point) => at([point.long, point.lat])).map(([x, y]) => ({ left: x - 5, right: x + 5, y }));
  const drawn = [];
  for (const point of points) {
    const text = cut(point.name, 28);
    const [x, y] = at([point.long, point.lat]);
    const long = breadth(text) * 7;
    const free = (left) => left >= 0 && left + long <= width && !taken.some((other) => Math.abs(other.y - y) < 13 && left < other.right && other.left < left + long);
    const left = [x + 8, x - 8 - long].find(free);
    if (left === undefined) continue;
    taken.push({ left, right: left + long, y });
    drawn.push(svg("text", { class: "halo", x: left, y: y + 4 }, text));
  }
  return drawn;
}

function bounds(places) {
  const box = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity };
  for (const [long, lat] of places) {
    box.west = Math.min(box.west, long);
    box.east = Math.max(box.east, long);
    box.south = Math.min(box.south, lat);
    box.north = Math.max(box.north, lat);
  }
  return box;
}
