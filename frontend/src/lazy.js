// Modules that are large and not always needed: loaded when a page asks for them.

/** Loads a module that index.html announces as `<meta name="asset-…">`. */
export function load(name) {
  return import(document.querySelector(`meta[name="asset-${name}"]`).content);
}

export function show(module, name, parent, text) {
  const shown = new module[name](parent, { doc: text, label: name, onInput: (data) => shown.write(new TextEncoder().encode(data)) });
  if (name === "Editor") {
    shown.setCurrentLine(7, "blocked");
    shown.setNotes([{ line: 7, text: "blocked in accept" }, { line: 5, text: "0.0.0.0:18888" }]);
  } else {
    shown.write(new TextEncoder().encode(text + "\x1b[32mgreen\x1b[0m \x1b[38;2;255;0;128mrgb\x1b[0m 你好\r\n"));
  }
  window[`test${name}`] = shown;
  return shown;
}
