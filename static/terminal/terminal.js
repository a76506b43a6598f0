// The terminal a program's PTY is shown in: xterm.js behind the few verbs the page needs.
//
// Under the page's Content-Security-Policy (`style-src 'self'`, no 'unsafe-inline') xterm's own way of styling itself
// is blocked; document.js says how it is helped. Nothing else is needed of the policy.

import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import css from "@xterm/xterm/css/xterm.css" with { type: "text" };

import { adopt, document } from "./document.js";

// What xterm leaves uncovered of its element is to look like the rest of it.
const ground = ".xterm .xterm-viewport { background-color: transparent; }";

let stylesAdopted = false;

/** One terminal, filling the element it is given. */
export class Term {
  #terminal;
  #fit = new FitAddon();
  #parent;
  #sizes = new ResizeObserver(() => this.#fitted());
  #onResize;

  /**
   * @param {HTMLElement} parent empty element that the terminal fills
   * @param {object} options
   * @param {boolean} [options.dark] dark colours; set the page's colours first, they are read from it
   * @param {boolean} [options.screenReader] keeps the text readable by assistive technology. xterm then takes input
   *   from key presses and input methods only, not from on-screen emoji pickers
   * @param {(data: string) => void} [options.onInput] what a person typed or pasted
   * @param {(cols: number, rows: number) => void} [options.onResize] the grid's size, at the beginning and when it
   *   changed
   */
  constructor(parent, { dark = false, screenReader = true, onInput, onResize } = {}) {
    if (!stylesAdopted) adopt(css + ground);
    stylesAdopted = true;

    this.#parent = parent;
    this.#terminal = new Terminal({
      documentOverride: document,
      fontFamily: written(parent, "--mono") || "monospace",
      fontSize: 12.75,
      lineHeight: 1.2,
      cursorBlink: false,
      scrollback: 5000,
      screenReaderMode: screenReader,
      theme: theme(parent, dark),
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.open(parent);
    if (onInput) this.#terminal.onData(onInput);
    // Tab moves on to the next control: whoever has only a keyboard must be able to leave. No program here needs it.
    this.#terminal.attachCustomKeyEventHandler((event) => event.key !== "Tab");
    this.#onResize = onResize;
    this.#sizes.observe(parent);
  }

  /** Says what a screen reader calls the terminal. */
  setLabel(label) {
    this.#terminal.textarea?.setAttribute("aria-label", label);
  }

  /** Shows what a program wrote. @param {Uint8Array} bytes need not end at a character's end */
  write(bytes) {
    this.#terminal.write(bytes);
  }

  /** Empties screen, history and what a screen reader was told. */
  clear() {
    // xterm takes in what is written a little later; its reset() would overtake that. RIS keeps its place in the queue.
    this.#terminal.write("\x1bc", () => {
      if (!this.#terminal.options.screenReaderMode) return;
      // The text that was announced, or waits to be, outlives a reset. Only a new accessibility tree has none.
      this.#terminal.options.screenReaderMode = false;
      this.#terminal.options.screenReaderMode = true;
    });
  }

  /** Switches between light and dark, reading the page's colours anew. */
  setDark(dark) {
    this.#terminal.options.theme = theme(this.#parent, dark);
  }

  /** Makes the grid as large as the element is now. A terminal that is not shown keeps its size. */
  #fitted() {
    if (this.#parent.clientWidth === 0) return;
    this.#fit.fit();
    this.#onResize?.(this.#terminal.cols, this.#terminal.rows);
  }

  /** Puts the keyboard into the terminal. */
  focus() {
    this.#terminal.focus();
  }

  /** Takes the terminal off the page. */
  destroy() {
    this.#sizes.disconnect();
    this.#terminal.dispose();
  }
}

/** The value of a custom property as it is written. */
function written(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

/** The colour that a custom property stands for now: `light-dark()` is decided only where a colour is used. */
function color(element, name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** xterm draws with colours it has parsed itself: it can't take `var(--ink)`. */
function theme(element, dark) {
  const named = (name) => color(element, name);
  return {
    background: named("--bg"),
    foreground: named("--ink"),
    cursor: named("--accent"),
    cursorAccent: named("--bg"),
    selectionBackground: named("--select"),
    black: dark ? "#3a404a" : "#1e2126",
    red: named("--fin"),
    green: named("--est"),
    yellow: named("--syn"),
    blue: named("--code-name"),
    magenta: named("--listen"),
    cyan: named("--accent"),
    white: dark ? "#e8e6e1" : "#6b7078",
  };
}
