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

/** Put a word with holes like {name} together. */
export const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
