// xterm under a policy without inline styles.
//
// xterm writes <style> elements (cell sizes, colours, scrollbar) and, for colours given as RGB, style attributes. Both
// count as inline styles and are blocked by `style-src 'self'`. What scripts set through the CSS object model is not:
// constructed style sheets, and `element.style`. So the bundler puts this module's `document` in the place of the
// global one throughout the terminal's bundle (esbuild's `inject`); it creates elements that lead the one to the other.

const page = globalThis.document;

/** The page's document, except that the elements it creates style themselves in a way the policy allows. */
export const document = new Proxy(page, {
  get(_, name) {
    if (name === "createElement") return createElement;
    const value = Reflect.get(page, name, page);
    return typeof value === "function" ? value.bind(page) : value;
  },
  set: (_, name, value) => Reflect.set(page, name, value, page),
});

/** Adds a style sheet to the page. */
export function adopt(css = "") {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  page.adoptedStyleSheets.push(sheet);
  return sheet;
}

function createElement(tag, options) {
  if (tag === "style") return styleElement();
  const element = page.createElement(tag, options);
  element.setAttribute = setAttribute;
  return element;
}

/** Stands in for <style>: what is written into it goes to a style sheet that leaves the page with it. */
function styleElement() {
  const element = page.createElement("template");
  const sheet = adopt();
  Object.defineProperty(element, "textContent", {
    get: () => "",
    set: (css) => sheet.replaceSync(css),
  });
  element.remove = () => {
    page.adoptedStyleSheets = page.adoptedStyleSheets.filter((other) => other !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}

function setAttribute(name, value) {
  if (name === "style") this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}
