// Unpacks the page out of its own file and starts it: every part is base64 in a <template>, all but the recording
// compressed by gzip. Parts become blobs, whose addresses stand where the server's page has those of its assets.
const unpack = async (part) => {
  const packed = await (await new Response(Uint8Array.from(atob(part.innerHTML), (c) => c.charCodeAt(0)))).blob();
  const stream = packed.stream();
  const bytes = part.dataset.gzip === undefined ? stream : stream.pipeThrough(new DecompressionStream("gzip"));
  const blob = await new Response(bytes).blob();
  return URL.createObjectURL(new Blob([blob], { type: part.dataset.type }));
};
const start = async () => {
  let app;
  for (const part of document.querySelectorAll("template[data-part]")) {
    const address = await unpack(part);
    const [name, role] = [part.dataset.part, part.dataset.role];
    part.remove();
    if (role === "style") {
      const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
      document.head.append(link);
    } else if (role === "app") {
      app = address;
    } else {
      document.head.append(Object.assign(document.createElement("meta"), { name, content: address }));
    }
  }
  document.documentElement.classList.add("replay");
  await import(app);
};
start().catch((error) => {
  const message = document.createElement("p");
  message.setAttribute("role", "alert");
  message.textContent = `This recording can't be shown in this browser: ${error.message}`;
  document.body.append(message);
});
