// Draws what is connected with what, with a list that says the same.
import { isResource, short } from "./answer.js";
import { choice, html, say } from "./dom.js";
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
  const edges = found.edges.slice(0, MOST);
  if (!edges.length) return [found.columns && columns(answer, found, change, words), html("p", { class: "none" }, words.noConnections)];
  const nodes = new Map(edges.flatMap((edge) => [edge.from, edge.to]).map((cell) => [key(cell), cell]));
  const name = (cell) => found.names.get(key(cell)) ?? short(cell, page.prefixes, page.base);
  const title = say(words.graphOf, { nodes: nodes.size, edges: edges.length });
  const canvas = html("div", { class: "canvas", role: "img", "aria-label": title });
  const all = found.edges.length > MOST ? html("p", { class: "meta" }, say(words.firstOf, { shown: MOST, all: found.edges.length })) : null;
  requestAnimationFrame(() => draw(canvas, nodes, edges, name, page.width));
  const list = html("details", { open: true }, html("summary", {}, words.sameAsList), html("ul", { class: "edges" }, ...sentences(edges, name, page)));
  return [found.columns && columns(answer, found, change, words), html("figure", { class: "drawn" }, canvas, html("figcaption", {}, title)), all, list];
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
  return cell.type === "uri" && cell.value.startsWith(page.base) ? html("a", { href: page.local(cell.value) }, name(cell)) : name(cell);
}

async function draw(canvas, nodes, edges, name, room) {
  const { default: cytoscape } = await import("cytoscape");
  if (!document.getElementById(STYLE)) document.head.append(html("template", { id: STYLE }));
  const { places, columns, height } = placed([...nodes.keys()], edges.map((edge) => [key(edge.from), key(edge.to)]));
  const width = Math.max(137, Math.min(room / columns / 2, 260));
  const pitch = columns > 1 ? Math.min(Math.max((room - 16 - width) / (columns - 1), width + 112), width + 220) : room;
  const letters = Math.floor((width - 12) / LETTER);
  const elements = [
    ...[...nodes].map(([id, cell]) => ({
      data: { id, label: lines(last(name(cell)), letters), literal: cell.type === "literal" ? 1 : 0 },
      position: { x: 8 + width / 2 + places.get(id).column * pitch, y: places.get(id).y },
    })),
    ...arrows(merged(edges, name), places, Math.floor((pitch - width - TURN - 16) / SMALL)),
  ];
  canvas.classList.add(`tall-${Math.min(Math.ceil((height + 30) / 100), 8)}`);
  const drawn = cytoscape({ container: canvas, elements, style: styles(width), layout: { name: "preset", fit: false }, minZoom: 0.2, maxZoom: 3, userZoomingEnabled: false });
  drawn.pan({ x: 0, y: Math.max(10, (canvas.clientHeight - height) / 2) });
  // A wheel scrolls the page until somebody has taken hold of the picture.
  canvas.addEventListener("pointerdown", () => drawn.userZoomingEnabled(true), { once: true });
  canvas.dataset.drawn = `${drawn.nodes().length} ${drawn.edges().length}`;
}

/** Give the last part of a path, which is what tells things apart. */
const last = (text) => (/^[\w./-]+$/.test(text) ? text.split("/").at(-1) : text);

/** Put what leads from one thing to another into one arrow: source, target, and in one label how. */
function merged(edges, name) {
  const found = new Map();
  for (const edge of edges) {
    const pair = JSON.stringify([key(edge.from), key(edge.to)]);
    found.set(pair, [...(found.get(pair) ?? []), ...(edge.by ? [last(name(edge.by))] : [])]);
  }
  return [...found].map(([pair, labels]) => [...JSON.parse(pair), [...new Set(labels)].join(", ")]);
}

/** Draw each arrow so that its label stands where no other arrow runs: where it is alone, at its source or its target.
 *  Where many arrows cross, labels would cover each other: the list has them. */
function arrows(pairs, places, letters) {
  const alone = (at, id) => pairs.filter((pair) => pair[at] === id).length === 1;
  const course = (source, target) => (places.get(source).column >= places.get(target).column ? "back" : alone(1, target) ? "spread" : alone(0, source) ? "gather" : "across");
  const crowded = pairs.filter(([source, target]) => course(source, target) === "across").length > CROSSING;
  return pairs.map(([source, target, text]) => {
    const classes = course(source, target);
    const label = crowded && classes === "across" ? "" : cut(text, letters);
    return { data: { source, target, label, offset: 12 + (label.length * SMALL) / 2 }, classes };
  });
}

/** Break a name into two lines behind a space or hyphen where there is one, and cut what is longer. */
function lines(text, letters) {
  const parts = text.split(/(?<=[\s-])/);
  let first = "";
  while (parts.length && (first + parts[0].trimEnd()).length <= letters) first += parts.shift();
  const rest = parts.join("");
  if (!first) return `${rest.slice(0, letters)}\n${cut(rest.slice(letters), letters)}`.trimEnd();
  return `${first.trimEnd()}\n${cut(rest, letters)}`.trimEnd();
}

const cut = (text, letters) => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text);

const styles = (width) => [
  {
    selector: "node",
    style: {
      label: "data(label)", "font-size": 12, "font-family": "system-ui, sans-serif", color: "#1d2327", "background-color": "#fff", "border-width": 1, "border-color": "#55606a",
      shape: "round-rectangle", width, height: 38, "text-valign": "center", "text-wrap": "wrap", "text-max-width": width,
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
  { selector: ".spread, .gather, .across", style: { "source-endpoint": "90deg", "target-endpoint": "270deg", "curve-style": "taxi", "taxi-direction": "rightward" } },
  { selector: ".spread", style: { "taxi-turn": TURN, "target-label": "data(label)", "target-text-offset": "data(offset)" } },
  { selector: ".gather", style: { "taxi-turn": -TURN, "source-label": "data(label)", "source-text-offset": "data(offset)" } },
  { selector: ".across", style: { "curve-style": "straight", label: "data(label)" } },
  { selector: ".back", style: { "curve-style": "bezier", label: "data(label)" } },
];
