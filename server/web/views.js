// Shows an answer as table, chart, graph or map; which, and of what columns, stands in the fragment of the address.
import { fetchAnswer } from "./answer.js";
import { chart } from "./chart.js";
import { html } from "./dom.js";
import { graph } from "./graph.js";
import { map } from "./map.js";

const DRAWN = { bindings: { chart, graph, map }, graph: { graph } };

/** Put the choice of views over the answer on the page, and show what the fragment asks for. */
export function makeViews(section, { query, words, page }) {
  const form = section.dataset.form;
  const drawers = DRAWN[form];
  if (!drawers) return { show() {} };
  const written = section.querySelector(".written");
  const place = html("div", { class: "view", hidden: true });
  const buttons = Object.fromEntries(["table", ...Object.keys(drawers)].map((name) => [name, button(form === "graph" && name === "table" ? words.text : words[name], () => change({ view: name }))]));
  written.before(html("div", { class: "views", role: "group", "aria-label": words.view }, ...Object.values(buttons)));
  written.after(place);
  let answer;
  let turn = 0;

  function change(what) {
    const next = { ...fragment(), ...what };
    const text = next.view === "table" ? "" : `#${new URLSearchParams(Object.entries(next).filter(([, value]) => value))}`;
    history.replaceState(history.state, "", location.pathname + location.search + text);
    show();
  }

  async function show() {
    const state = fragment();
    const view = state.view in drawers ? state.view : "table";
    for (const [name, item] of Object.entries(buttons)) item.setAttribute("aria-pressed", String(name === view));
    for (const link of section.querySelectorAll("a.permalink")) link.hash = location.hash;
    written.hidden = view !== "table";
    place.hidden = view === "table";
    if (view === "table") return;
    const mine = ++turn;
    place.setAttribute("aria-busy", "true");
    const shown = await drawn(view, state);
    if (mine !== turn) return;
    place.replaceChildren(...shown.filter(Boolean));
    place.removeAttribute("aria-busy");
  }

  async function drawn(view, state) {
    try {
      answer ??= await fetchAnswer(query, form);
      const prefixes = (await page.terms()).prefixes;
      const width = Math.max(300, Math.min(section.clientWidth, 1020));
      return await drawers[view]({ answer, form, state, change, words, page: { ...page, prefixes, width } });
    } catch (error) {
      return [html("p", { class: "none", role: "alert" }, `${words.noAnswer} ${error.message}`)];
    }
  }

  return { show };
}

const fragment = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

function button(label, pressed) {
  const made = html("button", { type: "button", "aria-pressed": "false" }, label);
  made.addEventListener("click", pressed);
  return made;
}
