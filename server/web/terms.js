// Asks the server what queries over this dataset are made of: prefixes, classes, properties, concepts.

const NONE = { prefixes: {}, classes: [], properties: [], concepts: [] };

/** Give a function that asks the server for its terms once; where they cannot be had, completion knows the words of SPARQL alone. */
export function termsAt(address) {
  let terms;
  return () => (terms ??= fetch(address).then((reply) => (reply.ok ? reply.json() : NONE), () => NONE));
}
