// Modules that are large and not needed at once: editor, terminal, what unpacks recordings. They are loaded when a page first asks for them.

/**
 * Makes one of the classes of a module that index.html announces as `<meta name="asset-…">`.
 * @param {string} module
 * @param {string} name the class
 */
export async function create(module, name, parent, options) {
  const { [name]: Class } = await import(document.querySelector(`meta[name="asset-${module}"]`).content);
  return new Class(parent, options);
}

/**
 * Unpacks a recording.
 * @param {Uint8Array} packed
 */
export async function unpack(packed) {
  const { unpack } = await import(document.querySelector('meta[name="asset-recording"]').content);
  return unpack(packed);
}
