// The first lines to run in the page: loads the app and starts it. The bundler puts it together with `app.js`, which
// wasm-bindgen has written next to it.

import init from "./app.js";

const wasm = document.querySelector('meta[name="asset-wasm"]').content;

init({ module_or_path: wasm }).catch((error) => {
  console.error(error);
  const message = document.createElement("p");
  message.setAttribute("role", "alert");
  message.textContent = `Socklab could not start in this browser: ${error.message}`;
  document.body.append(message);
});
