// The ladder as a file: one SVG that needs no stylesheet, or that SVG drawn as PNG.

/** What of an element's style a file needs. */
const STYLES = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity",
  "paint-order", "font-family", "font-size", "font-weight", "text-anchor",
];

/** Browsers draw no larger canvas than this on a side. */
const CANVAS = 16_384;

/** A copy of an element with its computed style in attributes. */
function styled(element) {
  const copy = element.cloneNode(true);
  const copies = [copy, ...copy.querySelectorAll("*")];
  [element, ...element.querySelectorAll("*")].forEach((from, index) => {
    const style = getComputedStyle(from);
    for (const name of STYLES) {
      copies[index].setAttribute(name, style.getPropertyValue(name));
    }
    for (const name of ["class", "data-pick"]) {
      copies[index].removeAttribute(name);
    }
  });
  return copy;
}

/**
 * Saves a part of a picture below its head.
 * @param {SVGElement} head
 * @param {SVGElement} picture
 * @param {number} top where the part begins, in pixels
 * @param {number} height how high it is
 * @param {string} name of the file, with its ending: .svg or .png
 */
export async function savePicture(head, picture, top, height, name) {
  const width = picture.width.baseVal.value;
  const above = head.height.baseVal.value;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const place = (element, attributes) => {
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, value);
    }
    svg.append(element);
  };
  svg.setAttribute("width", width);
  svg.setAttribute("height", height + above);
  const ground = document.createElementNS(svg.namespaceURI, "rect");
  place(ground, { width: "100%", height: "100%", fill: getComputedStyle(head).backgroundColor });
  const copy = styled(picture);
  copy.querySelectorAll("[stroke='rgba(0, 0, 0, 0)']").forEach((touch) => touch.remove());
  place(copy, { y: above, height, viewBox: `0 ${top} ${width} ${height}` });
  place(styled(head), {});
  const text = new XMLSerializer().serializeToString(svg);
  let blob = new Blob([text], { type: "image/svg+xml" });
  if (name.endsWith(".png")) {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const scale = Math.min(2, CANVAS / Math.max(width, height + above));
    const canvas = document.createElement("canvas");
    canvas.width = width * scale;
    canvas.height = (height + above) * scale;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
