// Puts a graph to walk through in the place of the picture of stances, once a reader asks for it.
import { html } from "./dom.js";
import { at } from "./answer.js";

const given = JSON.parse(document.getElementById("stances").textContent);
const { words, base } = given;
const figure = document.getElementById("stances").previousElementSibling;
/** A language that the address chooses is carried on. */
const chosen = new URLSearchParams(location.search).get("lang");
/** Pages that one further ring asks for; what is left waits for the next. */
const AT_ONCE = 24;
const LINES = 5;
const STEP = 1.3;
const PAN = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

const things = new Map(Object.entries(given.things));
const stances = new Map(given.stances.map((stance) => [JSON.stringify(stance), stance]));
const asked = new Set([`/${decodeURI(location.pathname).replace(/^\/page\//, "")}`]);
let section;
let held;

const path = (iri) => `/${iri.slice(base.length)}`;
const local = (iri) => path(iri).replace(/(?=#|$)/, chosen ? `?lang=${chosen}` : "");
const cell = (iri) => ({ type: "uri", value: iri });
const name = ({ type, value }) => (type === "uri" ? [things.get(value).said, things.get(value).name].filter(Boolean).join(": ") : value);

/** Give a name in parts, each marked with its language. */
function parts({ value }) {
  const { said, name: text, lang } = things.get(value);
  return [said ? `${said}: ` : null, html("span", { lang: lang || null }, said ? `“${text}”` : text)].filter(Boolean);
}

const open = ({ value }) => value.startsWith(base) && location.assign(local(value));
const waiting = () => [...things.keys()].filter((iri) => iri.startsWith(base) && !asked.has(path(iri)));

/** Draw what is known so far. */
async function show() {
  const { connected, lines } = await import("./graph.js");
  const label = ({ value }, letters) => {
    const { said, name: text } = things.get(value);
    return said ? `${lines(said, letters, 1)}\n${lines(text, letters, LINES - 1)}` : lines(text, letters, LINES);
  };
  const edges = [...stances.values()].map(({ from, kind, to, side }) => ({ from: cell(from), by: { type: "literal", value: kind }, to: cell(to), side }));
  const joined = new Set(edges.flatMap(({ from, to }) => [from.value, to.value]));
  const alone = [...things.keys()].filter((iri) => !joined.has(iri)).map(cell);
  const page = { base, local, parts, prefixes: {}, width: Math.max(300, Math.min(section.clientWidth, 1020)) };
  const shown = connected({ edges, alone, name, words, page, look: { rows: LINES, label, open, held: hold } });
  section.querySelector(".view").replaceChildren(...shown.filter(Boolean));
}

/** Let the keys move and zoom what is drawn. */
function hold(drawn) {
  held = drawn;
  const canvas = section.querySelector(".canvas");
  canvas.tabIndex = 0;
  canvas.addEventListener("keydown", (event) => {
    if (event.key in PAN) drawn.panBy({ x: PAN[event.key][0], y: PAN[event.key][1] });
    else if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? STEP : 1 / STEP);
    else return;
    event.preventDefault();
  });
}

const zoom = (factor) => held?.zoom({ level: held.zoom() * factor, renderedPosition: { x: held.width() / 2, y: held.height() / 2 } });

/** Ask the pages of things at the rim for the stances that they know, and draw these, too. */
async function further(button, status) {
  const rim = waiting().slice(0, AT_ONCE);
  const known = stances.size;
  button.disabled = true;
  status.textContent = words.asking;
  try {
    for (const found of await Promise.all(rim.map(read))) take(found);
    for (const iri of rim) asked.add(path(iri));
    status.textContent = stances.size > known ? "" : words.nothing;
    if (stances.size > known) await show();
  } catch (error) {
    status.textContent = `${words.noAnswer} ${error.message}`;
  }
  button.disabled = !waiting().length;
}

/** Give what a page says of the stances around its thing; nothing where it is of a kind that has none, or has no page. */
async function read(iri) {
  const headers = { Accept: "text/html", "Accept-Language": document.documentElement.lang };
  const reply = await fetch(`/page${local(iri)}`, { headers });
  if (![200, 404, 410].includes(reply.status)) throw new Error(`${reply.status} ${reply.statusText}`);
  const block = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("stances");
  return block ? JSON.parse(block.textContent) : { things: {}, stances: [] };
}

function take(found) {
  for (const stance of found.stances) {
    stances.set(JSON.stringify(stance), stance);
    for (const iri of [stance.from, stance.to]) if (!things.has(iri)) things.set(iri, found.things[iri]);
  }
}

/** Make the place of the graph, with what works on it, and draw once its style is there. */
async function opened() {
  const status = html("span", { class: "meta", role: "status" });
  const more = button(words.further, () => further(more, status));
  more.disabled = !waiting().length;
  const tools = [more, button(words.closer, () => zoom(STEP)), button(words.wider, () => zoom(1 / STEP)), button(words.whole, () => held?.fit(undefined, 10)), status];
  section = html("section", { class: "explored", "aria-label": words.explore }, html("p", { class: "row choices" }, ...tools), html("p", { class: "hint" }, `${words.lines} ${words.keys}`), html("div", { class: "view" }));
  figure.after(section);
  const style = html("link", { rel: "stylesheet", href: at("static/query.css") });
  await new Promise((resolve) => {
    style.onload = style.onerror = resolve;
    document.head.append(style);
  });
  await show().catch((error) => (status.textContent = `${words.noAnswer} ${error.message}`));
}

function button(label, pressed) {
  const made = html("button", { type: "button" }, label);
  made.addEventListener("click", pressed);
  return made;
}

const toggle = button(words.explore, () => {
  figure.hidden = !figure.hidden;
  toggle.textContent = figure.hidden ? words.back : words.explore;
  if (section) section.hidden = !figure.hidden;
  else opened();
});
figure.classList.add("pictured");
figure.before(html("p", { class: "row explore" }, toggle));
