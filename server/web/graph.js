// Draws what is connected with what, with a list that says the same.
import { isResource, short } from "./answer.js";
import { breadth, choice, cut, fitting, html, say } from "./dom.js";
import { placed } from "./layout.js";

const MOST = 200;
const LETTER = 7;
const SMALL = 6.2;
const TURN = 24;
const CROSSING = 12;
const NAMES = ["http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#prefLabel", "http://purl.org/dc/terms/title", "https://w3id.org/allegata/ns#statement"];
/** Cytoscape writes a style of its own unless an element with this name is there; the page's style sheet has the rule. */
const STYLE = "__________cytoscape_stylesheet";

/** Show the connections that the state chooses. */
export function graph({ answer, form, state, change, words, page }) {
  const found = form === "graph" ? described(answer) : chosen(answer, state);
  if (!found) return [html("p", { class: "none" }, words.noConnections)];
  if (!found.edges.length) return [found.columns && columns(answer, found, change, words), html("p", { class: "none" }, words.noConnections)];
  const name = (cell) => found.names.get(key(cell)) ?? short(cell, page.prefixes, page.base);
  return [found.columns && columns(answer, found, change, words), ...connected({ edges: found.edges, name, words, page })];
}

/** Show connections, and things that are connected with nothing, as a picture and as a list. A look may say how many lines a thing
 *  takes, what they are, what opens it, and who holds the picture once it is drawn. */
export function connected({ edges: every, alone = [], name, words, page, look = {} }) {
  const edges = every.slice(0, MOST);
  const nodes = new Map([...edges.flatMap((edge) => [edge.from, edge.to]), ...alone].map((cell) => [key(cell), cell]));
  const title = say(words.graphOf, { nodes: nodes.size, edges: edges.length });
  const canvas = html("div", { class: "canvas", role: "img", "aria-label": title });
  const all = every.length > MOST ? html("p", { class: "meta" }, say(words.firstOf, { shown: MOST, all: every.length })) : null;
  requestAnimationFrame(() => draw(canvas, nodes, edges, name, page.width, look));
  const rest = alone.map((cell) => html("li", {}, link(cell, name, page)));
  const list = html("details", { open: true }, html("summary", {}, words.sameAsList), html("ul", { class: "edges" }, ...sentences(edges, name, page), ...rest));
  return [html("figure", { class: "drawn" }, canvas, html("figcaption", {}, title)), all, list];
}

const key = (cell) => `${cell.type} ${cell.value}`;

function described(answer) {
  const names = new Map();
  const edges = [];
  for (const { subject, predicate, object } of answer.rows) {
    if (object.type !== "literal") edges.push({ from: subject, by: predicate, to: object });
    else if (NAMES.includes(predicate.value) && !names.has(key(subject))) names.set(key(subject), object.value);
  }
  return { names, edges, columns: null };
}

function chosen(answer, state) {
  const things = answer.head.filter((name) => isResource(answer, name));
  const from = answer.head.includes(state.from) ? state.from : (things[0] ?? answer.head[0]);
  const to = answer.head.includes(state.to) ? state.to : (things.find((name) => name !== from) ?? answer.head.find((name) => name !== from));
  if (!to) return null;
  const by = answer.head.includes(state.by) ? state.by : "";
  const edges = answer.rows.filter((row) => row[from] && row[to]).map((row) => ({ from: row[from], by: by ? row[by] : null, to: row[to] }));
  return { names: new Map(), edges, columns: { from, to, by } };
}

function columns(answer, { columns: { from, to, by } }, change, words) {
  return html(
    "p",
    { class: "row choices" },
    choice(words.from, answer.head, from, (value) => change({ from: value })),
    choice(words.to, answer.head, to, (value) => change({ to: value })),
    choice(words.by, answer.head, by, (value) => change({ by: value }), words.nothing),
  );
}

/** Say from each thing what leads where. */
function sentences(edges, name, page) {
  const found = new Map();
  for (const edge of edges) found.set(key(edge.from), [...(found.get(key(edge.from)) ?? []), edge]);
  const said = (edge) => ["→ ", ...(edge.by ? [html("span", { class: "role" }, name(edge.by)), " → "] : []), link(edge.to, name, page)];
  return [...found.values()].map((group) => {
    const from = link(group[0].from, name, page);
    if (group.length === 1) return html("li", {}, from, " ", ...said(group[0]));
    return html("li", {}, from, html("ul", {}, ...group.map((edge) => html("li", {}, ...said(edge)))));
  });
}

function link(cell, name, page) {
  const parts = page.parts?.(cell) ?? [name(cell)];
  return cell.type === "uri" && cell.value.startsWith(page.base) ? html("a", { href: page.local(cell.value) }, ...parts) : html("span", {}, ...parts);
}

async function draw(canvas, nodes, edges, name, room, { rows = 2, label = (cell, letters) => lines(last(name(cell)), letters), open, held }) {
  const { default: cytoscape } = await import("cytoscape");
  if (!document.getElementById(STYLE)) document.head.append(html("template", { id: STYLE }));
  const high = 8 + 15 * rows;
  const { places, columns, height } = placed([...nodes.keys()], edges.map((edge) => [key(edge.from), key(edge.to)]), high + 8);
  const width = Math.max(137, Math.min(room / columns / 2, 260));
  const pitch = columns > 1 ? Math.min(Math.max((room - 16 - width) / (columns - 1), width + 112), width + 220) : room;
  const letters = Math.floor((width - 12) / LETTER);
  const elements = [
    ...[...nodes].map(([id, cell]) => ({
      data: { id, label: label(cell, letters), literal: cell.type === "literal" ? 1 : 0 },
      position: { x: 8 + width / 2 + places.get(id).column * pitch, y: places.get(id).y },
    })),
    ...arrows(merged(edges, name), places, Math.floor((pitch - width - TURN - 16) / SMALL), width + 50),
  ];
  canvas.classList.add(`tall-${Math.min(Math.ceil((height + 30) / 100), 8)}`);
  const drawn = cytoscape({ container: canvas, elements, style: styles(width, high), layout: { name: "preset", fit: false }, minZoom: 0.2, maxZoom: 3, userZoomingEnabled: false });
  drawn.pan({ x: 0, y: Math.max(10, (canvas.clientHeight - height) / 2) });
  // A wheel scrolls the page until somebody has taken hold of the picture.
  canvas.addEventListener("pointerdown", () => drawn.userZoomingEnabled(true), { once: true });
  if (open) opening(canvas, drawn, (id) => open(nodes.get(id)));
  held?.(drawn);
  canvas.dataset.drawn = `${drawn.nodes().length} ${drawn.edges().length}`;
}

/** Open a thing that is clicked, and show by the pointer that it can be. */
function opening(canvas, drawn, open) {
  drawn.on("tap", "node", (event) => open(event.target.id()));
  drawn.on("mouseover mouseout", "node", (event) => canvas.classList.toggle("over", event.type === "mouseover"));
}

/** Give the last part of a path, which is what tells things apart. */
const last = (text) => (/^[\w./-]+$/.test(text) ? text.split("/").at(-1) : text);

/** Put what leads from one thing to another into one arrow: source, target, and in one label how, and what all of it does. */
function merged(edges, name) {
  const found = new Map();
  for (const edge of edges) {
    const pair = JSON.stringify([key(edge.from), key(edge.to)]);
    found.set(pair, [...(found.get(pair) ?? []), edge]);
  }
  return [...found].map(([pair, group]) => {
    const labels = new Set(group.flatMap((edge) => (edge.by ? [last(name(edge.by))] : [])));
    const sides = new Set(group.map((edge) => edge.side ?? ""));
    return [...JSON.parse(pair), [...labels].join(", "), sides.size === 1 ? [...sides][0] : "neither"];
  });
}

/** Draw each arrow so that its label stands where no other arrow runs: where it is alone, at its source or its target.
 *  One between things of the same column runs around what stands between them. Where many arrows cross, labels would cover
 *  each other: the list has them. */
function arrows(pairs, places, letters, wide) {
  const alone = (at, id) => pairs.filter((pair) => pair[at] === id).length === 1;
  const apart = (source, target) => places.get(target).column - places.get(source).column;
  const course = (source, target) => (source !== target && !apart(source, target) ? "beside" : apart(source, target) <= 0 ? "back" : alone(1, target) ? "spread" : alone(0, source) ? "gather" : "across");
  const crowded = pairs.filter(([source, target]) => course(source, target) === "across").length > CROSSING;
  return pairs.map(([source, target, text, side]) => {
    const way = course(source, target);
    const label = crowded && way === "across" ? "" : cut(text, letters);
    const bow = places.get(target).y > places.get(source).y ? -1 : 1;
    return { data: { source, target, label, offset: 12 + (breadth(label) * SMALL) / 2, bow: bow * wide }, classes: `${way} ${side}` };
  });
}

/** Break a name into lines behind a space or hyphen where there is one, and cut what is longer. */
export function lines(text, letters, most = 2) {
  const parts = text.split(/(?<=[\s-])/);
  const found = [];
  while (parts.length && found.length < most - 1) {
    let line = "";
    while (parts.length && breadth(line + parts[0].trimEnd()) <= letters) line += parts.shift();
    if (!line) [line, parts[0]] = [fitting(parts[0], letters), parts[0].slice(fitting(parts[0], letters).length)];
    found.push(line.trimEnd());
  }
  return [...found, cut(parts.join(""), letters)].join("\n").trimEnd();
}

const styles = (width, height) => [
  {
    selector: "node",
    style: {
      label: "data(label)", "font-size": 12, "font-family": "system-ui, sans-serif", color: "#1d2327", "background-color": "#fff", "border-width": 1, "border-color": "#55606a",
      shape: "round-rectangle", width, height, "text-valign": "center", "text-wrap": "wrap", "text-max-width": width,
    },
  },
  { selector: "node[literal = 1]", style: { "border-style": "dashed" } },
  {
    selector: "edge",
    style: {
      "font-size": 11, "font-family": "system-ui, sans-serif", color: "#55606a", "target-arrow-shape": "triangle", "arrow-scale": 0.8, width: 1.2,
      "line-color": "#8a949d", "target-arrow-color": "#8a949d", "text-background-color": "#fff", "text-background-opacity": 1, "text-background-padding": 2,
    },
  },
  { selector: ".for, .against, .neither", style: { "line-color": "#1d2327", "target-arrow-color": "#1d2327", color: "#1d2327" } },
  { selector: ".against", style: { "line-style": "dashed", "line-dash-pattern": [6, 4] } },
  { selector: ".neither", style: { "line-style": "dashed", "line-dash-pattern": [1.5, 3] } },
  { selector: ".spread, .gather, .across", style: { "source-endpoint": "90deg", "target-endpoint": "270deg", "curve-style": "taxi", "taxi-direction": "rightward" } },
  { selector: ".spread", style: { "taxi-turn": TURN, "target-label": "data(label)", "target-text-offset": "data(offset)" } },
  { selector: ".gather", style: { "taxi-turn": -TURN, "source-label": "data(label)", "source-text-offset": "data(offset)" } },
  { selector: ".across", style: { "curve-style": "straight", label: "data(label)" } },
  { selector: ".beside", style: { "curve-style": "unbundled-bezier", "control-point-weights": 0.5, "control-point-distances": "data(bow)", label: "data(label)" } },
  { selector: ".back", style: { "curve-style": "bezier", label: "data(label)" } },
];
