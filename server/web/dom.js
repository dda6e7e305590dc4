// Builds elements without markup in text, so that nothing in an answer is read as markup.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element of HTML. */
export const html = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);

/** Make an element of SVG. */
export const svg = (name, attributes = {}, ...children) => filled(document.createElementNS(SVG, name), attributes, children);

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Make a choice among columns, with a label. */
export function choice(label, names, chosen, changed, none = null) {
  const select = html("select", {}, ...(none === null ? [] : [html("option", { value: "" }, none)]), ...names.map((name) => html("option", { value: name }, name)));
  select.value = chosen ?? "";
  select.addEventListener("change", () => changed(select.value));
  return html("label", {}, `${label} `, select);
}

const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** Give about how wide a text is, counted in Latin letters (UAX #11: some letters are wider). */
export const breadth = (text) => [...text].length + 0.75 * (text.match(WIDE)?.length ?? 0);

/** Give what of the beginning of a text is no wider than so many letters. */
export function fitting(text, letters) {
  const kept = [...text].slice(0, letters);
  while (breadth(kept.join("")) > letters) kept.pop();
  return kept.join("");
}

/** Cut a text that is wider than so many letters. */
export const cut = (text, letters) => (breadth(text) > letters ? `${fitting(text, letters - 1)}…` : text);

/** Put a word with holes like {name} together. */
export const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
