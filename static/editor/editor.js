// The code editor: CodeMirror 6 behind the few verbs the page needs.
//
// The page forbids inline styles (Content-Security-Policy `style-src 'self'`), and CodeMirror brings its style sheets
// along. In a document it writes them into a <style> element, which the policy blocks; in a shadow root it hands them
// over as constructed style sheets, which the policy allows. So the editor lives in a shadow root. The colours reach
// it all the same: custom properties are inherited through the root. Nothing else is needed of the policy.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

import { marks, setCurrentLine, setNotes } from "./marks.js";
import { theme } from "./theme.js";

let editors = 0;

/** How long a line and notes stay marked, in milliseconds, before others are: a busy run changes them with every frame. */
const PACE = 200;

/**
 * Brings a line into view by the editor's own scroller only. CodeMirror moves whatever the editor is in as well; a program
 * that runs would scroll the page under a person's eyes. What a person does in the editor is left to it.
 */
function scrollHere(view, { head }) {
  if (view.hasFocus) return false;
  const { scrollDOM, documentPadding: { top: above } } = view;
  const { top, bottom } = view.lineBlockAt(head);
  const least = above + bottom - scrollDOM.clientHeight;
  scrollDOM.scrollTop = Math.max(least, Math.min(scrollDOM.scrollTop, above + top));
  return true;
}

/** One editor, filling the element it is given. */
export class Editor {
  #view;
  #host;
  #dark = new Compartment();
  #readOnly = new Compartment();
  #words = new Compartment();
  /** The line and the notes that are to be marked next. */
  #wanted = {};
  #follows = false;
  #pause = null;
  #destroyed = false;
  #description = document.createElement("p");

  /**
   * @param {HTMLElement} parent empty element that the editor fills
   * @param {object} options
   * @param {string} [options.doc] the text to begin with
   * @param {"python" | "plain"} [options.language] how to colour it
   * @param {boolean} [options.dark] dark colours; only for what CodeMirror chooses itself, ours come by CSS
   * @param {(doc: string) => void} [options.onChange] called when a person changed the text, not after `setDoc`
   */
  constructor(parent, { doc = "", language = "python", dark = false, onChange } = {}) {
    this.#host = document.createElement("div");
    this.#host.className = "editor-host";
    this.#host.style.height = "100%";
    const root = this.#host.attachShadow({ mode: "open" });
    parent.append(this.#host);

    this.#description.id = `editor-hint-${++editors}`;
    this.#description.hidden = true;
    root.append(this.#description);

    this.#view = new EditorView({
      parent: root,
      root,
      doc,
      extensions: [
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        history(),
        drawSelection(),
        search({ top: true }),
        bracketMatching(),
        indentOnInput(),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        language === "python" ? python() : [],
        syntaxHighlighting(classHighlighter),
        // Escape, then Tab moves on to the next control: CodeMirror has that built in.
        keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab]),
        EditorView.contentAttributes.of({
          "aria-describedby": this.#description.id, spellcheck: "false", tabindex: "0",
        }),
        this.#words.of([]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((tr) => tr.isUserEvent("set"))) onChange?.(this.getDoc());
        }),
        this.#dark.of(EditorView.darkTheme.of(dark)),
        this.#readOnly.of([]),
        EditorView.scrollHandler.of(scrollHere),
        marks,
        theme,
      ],
    });
  }

  /**
   * Says everything in another language.
   * @param {object} words
   * @param {string} words.label what a screen reader calls the editor
   * @param {string} words.hint how to leave with the keyboard, for a screen reader
   * @param {Record<string, string>} words.phrases CodeMirror's own words, by their English
   */
  setWords({ label, hint, phrases }) {
    this.#description.textContent = hint;
    const words = [EditorState.phrases.of(phrases), EditorView.contentAttributes.of({ "aria-label": label })];
    this.#view.dispatch({ effects: this.#words.reconfigure(words) });
  }

  /** The text. */
  getDoc() {
    return this.#view.state.doc.toString();
  }

  /** Replaces the text, keeping the cursor where it can be kept. Does not call `onChange`. */
  setDoc(text) {
    const { state } = this.#view;
    if (text === this.getDoc()) return;
    const head = Math.min(state.selection.main.head, text.length);
    this.#view.dispatch({
      changes: { from: 0, to: state.doc.length, insert: text },
      selection: { anchor: head },
      userEvent: "set",
    });
  }

  /**
   * Marks the line that runs now, and brings it into view unless a person is typing: at once, or where that was done a
   * moment ago, in a moment.
   * @param {number} line counted from 1; 0 for none
   * @param {"running" | "blocked" | "held"} kind
   */
  setCurrentLine(line, kind = "running") {
    this.#wanted.line = { line, kind };
    this.#follow();
  }

  /**
   * Replaces the notes at the right end of lines.
   * @param {{line: number, text: string}[]} notes lines counted from 1
   */
  setNotes(notes) {
    this.#wanted.notes = notes;
    this.#follow();
  }

  /** Marks what is wanted: at once, unless that was done a moment ago; then soon. */
  #follow() {
    if (this.#pause !== null || this.#follows) return;
    this.#follows = true;
    queueMicrotask(() => {
      this.#follows = false;
      this.#mark();
    });
  }

  /** Marks the line and the notes that are wanted, in one go. */
  #mark() {
    const { line, notes } = this.#wanted;
    if (this.#destroyed || (!line && !notes)) return;
    this.#wanted = {};
    const { doc } = this.#view.state;
    const effects = [];
    if (line) {
      const from = line.line >= 1 && line.line <= doc.lines ? doc.line(line.line).from : null;
      effects.push(setCurrentLine.of(from === null ? null : { from, kind: line.kind }));
      if (from !== null && !this.#view.hasFocus) effects.push(EditorView.scrollIntoView(from, { y: "nearest" }));
    }
    if (notes) {
      const placed = notes
        .filter(({ line }) => line >= 1 && line <= doc.lines)
        .map(({ line, text }) => ({ at: doc.line(line).to, text }));
      effects.push(setNotes.of(placed));
    }
    this.#view.dispatch({ effects });
    this.#pause = setTimeout(() => {
      this.#pause = null;
      this.#mark();
    }, PACE);
  }

  /** Whether the text can be changed. A read-only editor can still be focused, searched and copied from. */
  setReadOnly(readOnly) {
    const extension = readOnly ? EditorState.readOnly.of(true) : [];
    this.#view.dispatch({ effects: this.#readOnly.reconfigure(extension) });
  }

  /** Switches between light and dark. */
  setDark(dark) {
    this.#view.dispatch({ effects: this.#dark.reconfigure(EditorView.darkTheme.of(dark)) });
  }

  /** Puts the keyboard into the editor. */
  focus() {
    this.#view.focus();
  }

  /** Takes the editor off the page. */
  destroy() {
    this.#destroyed = true;
    clearTimeout(this.#pause);
    this.#view.destroy();
    this.#host.remove();
  }
}
