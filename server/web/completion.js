// Offers what can stand at a place of a query: the dataset's classes, properties and concepts, prefixes, variables, words of SPARQL.
import { syntaxTree } from "@codemirror/language";

const KEYWORDS = `SELECT CONSTRUCT DESCRIBE ASK DISTINCT REDUCED WHERE FROM NAMED GRAPH OPTIONAL UNION MINUS FILTER BIND VALUES AS GROUP BY
HAVING ORDER ASC DESC LIMIT OFFSET EXISTS NOT IN UNDEF PREFIX BASE COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR STR LANG LANGMATCHES
DATATYPE BOUND IRI BNODE ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY
COALESCE IF STRLANG STRDT sameTerm isIRI isBlank isLiteral isNumeric REGEX SUBSTR REPLACE true false`
  .split(/\s+/)
  .map((label) => ({ label, type: "keyword", boost: -1 }));

/** Make a source of completions from the terms that a function gives. */
export function completing(terms) {
  return async (context) => {
    const inside = syntaxTree(context.state).resolveInner(context.pos, -1).name;
    return inside === "Comment" || inside === "String" ? null : offer(context, await terms());
  };
}

function offer(context, terms) {
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) return { from: variable.from, options: variables(context, variable), validFor: /^[?$]\w*$/ };
  const iri = context.matchBefore(/<[^<>\s"]*/);
  if (iri) return { from: iri.from, options: iris(terms), validFor: /^<[^<>\s"]*$/ };
  const word = context.matchBefore(/[\w.-]*:?[\w.-]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const before = context.state.sliceDoc(Math.max(0, word.from - 80), word.from);
  return { from: word.from, options: /\bprefix\s+$/i.test(before) ? prefixes(terms) : names(terms, before), validFor: /^[\w.-]*:?[\w.-]*$/ };
}

function variables(context, typed) {
  const text = context.state.sliceDoc(0, typed.from) + context.state.sliceDoc(context.pos);
  return [...new Set(text.match(/[?$]\w+/g))].map((label) => ({ label, type: "variable" }));
}

function iris(terms) {
  const spaces = Object.values(terms.prefixes).map((iri) => ({ label: `<${iri}>`, type: "namespace", apply: closed(iri) }));
  return [...terms.concepts.map(([iri, label, scheme]) => ({ label: `<${iri}>`, detail: `${label}, ${scheme}`, apply: closed(iri) })), ...spaces];
}

/** Write an IRI between its marks, of which the second may stand there already. */
function closed(iri) {
  return (view, _, from, to) => {
    const end = view.state.sliceDoc(to, to + 1) === ">" ? to + 1 : to;
    view.dispatch({ changes: { from, to: end, insert: `<${iri}>` }, selection: { anchor: from + iri.length + 2 } });
  };
}

function prefixes(terms) {
  return Object.entries(terms.prefixes).map(([name, iri]) => ({ label: `${name}:`, detail: iri, apply: `${name}: <${iri}>` }));
}

function names(terms, before) {
  const termed = (type) => ([name, label, definition]) => ({
    label: name,
    detail: label,
    info: definition || null,
    type,
    apply: (view, _, from, to) => view.dispatch(inserted(view.state, name, from, to, terms.prefixes)),
  });
  const classes = terms.classes.map(termed("class"));
  if (/(^|\s)a\s+$/.test(before)) return classes;
  const concepts = terms.concepts.map(([iri, label, scheme, definition]) => ({
    label,
    detail: scheme,
    info: definition || null,
    type: "concept",
    apply: `<${iri}>`,
  }));
  return [...terms.properties.map(termed("property")), ...classes, ...concepts, ...KEYWORDS];
}

/** Write a name, and the declaration of its prefix where the query has none. */
function inserted(state, name, from, to, known) {
  const declared = declaration(state.doc.toString(), name.split(":")[0], known);
  const changes = [...(declared ? [declared] : []), { from, to, insert: name }];
  const anchor = from + name.length + (declared && declared.from <= from ? declared.insert.length : 0);
  return { changes, selection: { anchor } };
}

/** Give the change that declares a prefix behind the comments that a query opens with, or null where that is not called for. */
export function declaration(text, prefix, known) {
  if (!(prefix in known) || new RegExp(`\\bprefix\\s+${prefix}:`, "i").test(text)) return null;
  return { from: /^(?:[ \t]*(?:#.*)?\n)*/.exec(text)[0].length, insert: `PREFIX ${prefix}: <${known[prefix]}>\n` };
}
