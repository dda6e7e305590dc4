// Fetches the answer to a query as terms, for the views that draw it.

/** Give the address of a view: the service may stand under a path, and this file is in static/built/ below it. */
export const at = (path) => new URL(`../../${path}`, import.meta.url).pathname;

const BINDINGS = "application/sparql-results+json";
const TRIPLES = "application/n-triples";
/** A longer query does not fit into an address. */
const ADDRESS = 6000;

/** Give head and rows of an answer; the triples of a graph are rows of subject, predicate and object. */
export async function fetchAnswer(query, form) {
  const parameters = new URLSearchParams({ query });
  const headers = { Accept: form === "graph" ? TRIPLES : BINDINGS };
  const long = parameters.toString().length > ADDRESS;
  const reply = await (long
    ? fetch(at("sparql"), { method: "POST", body: parameters, headers })
    : fetch(`${at("sparql")}?${parameters}`, { headers }));
  if (!reply.ok) throw new Error((await reply.json()).detail);
  if (form === "graph") return { head: ["subject", "predicate", "object"], rows: triples(await reply.text()) };
  const found = await reply.json();
  return { head: found.head.vars, rows: found.results.bindings };
}

const LINE = /^(<[^>]*>|_:\S+) (<[^>]*>) (<[^>]*>|_:[^\s.]+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?) ?\.$/;

/** Read N-Triples (RDF 1.1 N-Triples, section 2). */
export function triples(text) {
  const rows = [];
  for (const line of text.split("\n")) {
    const match = LINE.exec(line.trim());
    if (match) rows.push({ subject: term(match[1]), predicate: term(match[2]), object: term(match[3]) });
  }
  return rows;
}

function term(text) {
  if (text.startsWith("<")) return { type: "uri", value: unescape(text.slice(1, -1)) };
  if (text.startsWith("_:")) return { type: "bnode", value: text.slice(2) };
  const end = text.lastIndexOf('"');
  const [value, rest] = [unescape(text.slice(1, end)), text.slice(end + 1)];
  if (rest.startsWith("@")) return { type: "literal", value, "xml:lang": rest.slice(1) };
  return rest ? { type: "literal", value, datatype: rest.slice(3, -1) } : { type: "literal", value };
}

const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f" };

function unescape(text) {
  return text.replace(/\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))/g, (_, short, long, one) =>
    one ? (ESCAPES[one] ?? one) : String.fromCodePoint(parseInt(short ?? long, 16)),
  );
}

const NUMERIC = /#(?:integer|decimal|double|float|int|long|short|byte|nonNegativeInteger|positiveInteger|unsignedInt|unsignedLong)$/;
const DATES = /#(?:date|dateTime|gYear|gYearMonth)$/;

/** Say whether every value that a column has is a number, or a date, and that it has one. */
export const isNumeric = (answer, name) => every(answer, name, (cell) => NUMERIC.test(cell.datatype ?? "") && Number.isFinite(+cell.value));
export const isDate = (answer, name) => every(answer, name, (cell) => DATES.test(cell.datatype ?? ""));
export const isResource = (answer, name) => every(answer, name, (cell) => cell.type !== "literal");

function every(answer, name, holds) {
  const cells = answer.rows.map((row) => row[name]).filter(Boolean);
  return cells.length > 0 && cells.every(holds);
}

/** Give what a term is called where there is no room for an IRI. */
export function short(cell, prefixes, base) {
  if (!cell) return "";
  if (cell.type !== "uri") return cell.type === "bnode" ? `_:${cell.value}` : cell.value;
  for (const [name, space] of Object.entries(prefixes)) {
    const rest = cell.value.slice(space.length);
    if (cell.value.startsWith(space) && /^[\w.-]+$/.test(rest)) return `${name}:${rest}`;
  }
  return cell.value.startsWith(base) ? cell.value.slice(base.length) : cell.value;
}
