// Places connected things in columns from left to right, each group of them under the other, so that every name can be read.

const ROW = 46;
const GAP = 14;

/** Give columns and rows of things, named by their keys, and how many of each there are. */
export function placed(keys, edges, high = ROW) {
  const out = new Map(keys.map((key) => [key, []]));
  const into = new Map(keys.map((key) => [key, []]));
  for (const [from, to] of edges) if (from !== to) out.get(from).push(to), into.get(to).push(from);
  const places = new Map();
  let top = 0;
  let columns = 1;
  for (const group of groups(keys, out, into)) {
    const layers = ordered(layered(group, out, into), into);
    const height = Math.max(...layers.map((layer) => layer.length)) * high;
    layers.forEach((layer, column) => layer.forEach((key, row) => places.set(key, { column, y: top + ((row + 0.5) * height) / layer.length })));
    columns = Math.max(columns, layers.length);
    top += height + GAP;
  }
  return { places, columns, height: top - GAP };
}

/** Give the things that hang together, the largest groups first. */
function groups(keys, out, into) {
  const seen = new Set();
  const found = [];
  for (const start of keys) {
    if (seen.has(start)) continue;
    seen.add(start);
    const group = [start];
    for (const key of group) for (const next of [...out.get(key), ...into.get(key)]) if (!seen.has(next)) seen.add(next), group.push(next);
    found.push(group);
  }
  return found.sort((a, b) => b.length - a.length);
}

/** Put each thing one column behind what leads to it; what only circles lead to begins where it was found. */
function layered(group, out, into) {
  const column = new Map();
  const starts = group.filter((key) => !into.get(key).length);
  for (const start of starts.length ? starts : [group[0]]) {
    const queue = [start];
    if (!column.has(start)) column.set(start, 0);
    for (const key of queue) for (const next of out.get(key)) if (!column.has(next)) column.set(next, column.get(key) + 1), queue.push(next);
  }
  // What no start leads to is led to by what was found: put it before that.
  for (let left = true; left; ) {
    left = false;
    for (const key of group) {
      if (column.has(key)) continue;
      const near = [...out.get(key).filter((k) => column.has(k)).map((k) => column.get(k) - 1), ...into.get(key).filter((k) => column.has(k)).map((k) => column.get(k) + 1)];
      if (near.length) column.set(key, near[0]), (left = true);
    }
  }
  const least = Math.min(...column.values());
  const layers = [];
  for (const key of group) (layers[column.get(key) - least] ??= []).push(key);
  return layers.filter(Boolean);
}

/** Order each column by where those stand that lead to it. */
function ordered(layers, into) {
  const row = new Map(layers[0].map((key, index) => [key, index]));
  const mean = (key) => {
    const rows = into.get(key).filter((other) => row.has(other)).map((other) => row.get(other));
    return rows.length ? rows.reduce((a, b) => a + b) / rows.length : 0;
  };
  for (const layer of layers.slice(1)) {
    layer.sort((a, b) => mean(a) - mean(b));
    layer.forEach((key, index) => row.set(key, index));
  }
  return layers;
}
