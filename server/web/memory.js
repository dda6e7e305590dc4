// Gives the page a memory that ends with it in the place of the browser's storage, for code that would keep things there.

const keeping = {
  getItem(name) {
    return this[name] ?? null;
  },
  setItem(name, value) {
    this[name] = String(value);
  },
  removeItem(name) {
    delete this[name];
  },
  clear() {
    for (const name of Object.keys(this)) delete this[name];
  },
  key(index) {
    return Object.keys(this)[index] ?? null;
  },
  get length() {
    return Object.keys(this).length;
  },
};

for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { value: Object.create(keeping) });
