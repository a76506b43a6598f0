// Modules that are large and not needed at once: editor and terminal. They are loaded when a page first asks for them.

/**
 * Makes one of the classes of a module that index.html announces as `<meta name="asset-…">`.
 * @param {string} module
 * @param {string} name the class
 */
export async function create(module, name, parent, options) {
  const { [name]: Class } = await import(document.querySelector(`meta[name="asset-${module}"]`).content);
  return new Class(parent, options);
}
