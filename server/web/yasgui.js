// Starts YASGUI on this endpoint: it keeps nothing, asks nobody else, and knows our prefixes and terms.
import "./memory.js";
import Yasgui from "@zazuko/yasgui";
import "@zazuko/yasgui/build/yasgui.min.css";
import "./yasgui.css";
import { termsAt } from "./terms.js";
import { at } from "./answer.js";

const given = JSON.parse(document.getElementById("given").textContent);
const endpoint = new URL(given.endpoint, location.href).href;
const { Yasqe, Yasr } = Yasgui;

/** Complete a kind of term where YASGUI's own completer would have asked an outside service for it. */
function completer(name, from, values) {
  Yasqe.forkAutocompleter(from, { name, bulk: true, persistenceId: null, get: () => values }, false);
}

const terms = await termsAt(given.terms)();
const full = (name) => terms.prefixes[name.split(":")[0]] + name.slice(name.indexOf(":") + 1);
completer("our-classes", "class", terms.classes.map(([name]) => full(name)));
completer("our-properties", "property", terms.properties.map(([name]) => full(name)));
completer("our-prefixes", "prefixes", Object.entries(terms.prefixes).map(([name, iri]) => `${name}: <${iri}>`));

Object.assign(Yasqe.defaults, { value: given.query, autocompleters: ["variables", "our-classes", "our-properties", "our-prefixes"], prefixCcApi: null, persistenceId: null, createShareableLink: (yasqe) => link(yasqe), consumeShareLink: null });
Object.assign(Yasr.defaults, { prefixes: terms.prefixes, persistenceId: null });

/** Share a query under the page that works without scripts, too. */
function link(yasqe) {
  return `${new URL(at("query"), location.href)}?${new URLSearchParams({ query: yasqe.getValue() })}`;
}

const root = document.getElementById("yasgui");
const yasgui = new Yasgui(root, {
  persistenceId: null,
  populateFromUrl: false,
  corsProxy: undefined,
  copyEndpointOnNewTab: true,
  endpointCatalogueOptions: { getData: () => [], keys: [], renderItem: () => {} },
  requestConfig: { endpoint, method: "POST" },
});

/** Say to those who cannot see the page what YASGUI leaves unsaid: what a field is for, which views an answer has, and that its tabs
 *  are buttons in a row. */
function say() {
  for (const list of root.querySelectorAll("[role=tablist]")) list.setAttribute("role", "group");
  for (const tab of root.querySelectorAll(".tabsList .tab > a")) {
    tab.setAttribute("role", "button");
    tab.removeAttribute("aria-selected");
    tab.ariaPressed = String(tab.parentElement.classList.contains("active"));
  }
  for (const button of root.querySelectorAll(".yasr_btn")) button.ariaDisabled = String(button.classList.contains("disabled"));
  for (const field of root.querySelectorAll("input:not([aria-label]), select:not([aria-label]), textarea:not([aria-label])")) {
    const near = field.closest(".selector, .requestConfigWrapper, .pageSizeWrapper, .tab");
    field.setAttribute("aria-label", near?.querySelector("label, span")?.textContent.trim() || given.label);
  }
}
new MutationObserver(say).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "aria-selected"] });
say();
root.dataset.tabs = Object.keys(yasgui._tabs).length;
