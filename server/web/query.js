// Makes the query page lively: an editor for the text field, answers without leaving the page, views of an answer.
import { completing, declaration } from "./completion.js";
import { makeEditor, mark, setText } from "./editor.js";
import { termsAt } from "./terms.js";
import { makeViews } from "./views.js";
import { at } from "./answer.js";

const given = JSON.parse(document.getElementById("given").textContent);
const { words, base } = given;
const form = document.getElementById("ask");
const field = document.getElementById("query");
const status = document.getElementById("status");
const terms = termsAt(given.terms);
/** A language that the address chooses is carried on. */
const chosen = new URLSearchParams(location.search).get("lang");
const local = (iri) => `/${iri.slice(base.length)}`.replace(/(?=#|$)/, chosen ? `?lang=${chosen}` : "");
const page = { base, terms, outline: given.outline, local };
/** What a query changes on the page. */
const PARTS = ["problem", "answer", "code"];

const view = makeEditor(field, { label: words.query, complete: completing(terms), submit: () => form.requestSubmit(document.getElementById("submit")) });
let views = { show() {} };
let underway;
let asked = location.search;

/** Take over what the server has written: an error is marked in the editor, an answer gets its views. */
async function take(text) {
  const section = document.getElementById("answer");
  views = section.dataset.form ? makeViews(section, { query: text, words, page }) : { show() {} };
  views.show();
  const { line, column, near, message } = document.getElementById("problem").dataset;
  if (!message) return mark(view, null);
  const known = (await terms()).prefixes;
  const missing = declaration(text, (near ?? "").split(":")[0], known);
  const remedy = { name: words.declare, apply: (editor) => editor.dispatch({ changes: missing }) };
  mark(view, { line: +line, column: +column, message }, (near ?? "").includes(":") && missing ? [remedy] : []);
}

/** Ask, and put what the page for the query says in the place of what this page says. */
async function ask(text, remember) {
  underway?.abort();
  const mine = (underway = new AbortController());
  const address = `${at("query")}?${new URLSearchParams({ ...(chosen ? { lang: chosen } : {}), query: text })}`;
  status.textContent = words.asking;
  try {
    const reply = await fetch(address, { headers: { Accept: "text/html", "Accept-Language": document.documentElement.lang }, signal: mine.signal });
    const written = new DOMParser().parseFromString(await reply.text(), "text/html");
    if (PARTS.some((id) => !written.getElementById(id))) return location.assign(address);
    for (const id of PARTS) document.getElementById(id).replaceWith(document.adoptNode(written.getElementById(id)));
    if (remember) history.pushState(null, "", address + location.hash);
    asked = location.search;
    await take(text);
    status.textContent = document.getElementById("answer").dataset.form ? words.answered : "";
  } catch (error) {
    if (error.name !== "AbortError") status.textContent = `${words.noAnswer} ${error.message}`;
  }
}

form.addEventListener("submit", (event) => {
  if (event.submitter?.formAction && event.submitter.id !== "submit") return;
  event.preventDefault();
  ask(field.value, true);
});
window.addEventListener("popstate", () => {
  if (location.search === asked) return views.show();
  const text = new URLSearchParams(location.search).get("query");
  if (text === null) return location.reload();
  setText(view, text);
  ask(text, false);
});
// A browser may have put back what was typed here before; the answer is that to what the server has written.
take(field.defaultValue);
