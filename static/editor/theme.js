// How the editor looks. Colours are the page's custom properties, so that light and dark need no second theme.

import { EditorView } from "@codemirror/view";

export const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--panel)", fontSize: "12.75px" },
  "&.cm-focused": { outline: "none" }, // the page draws the ring, over the line numbers too
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.42" },
  ".cm-content": { caretColor: "var(--ink)", padding: "6px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { color: "var(--dim)", backgroundColor: "var(--panel)", borderRight: "none", paddingLeft: "2px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLineGutter": { color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--select)",
  },
  ".cm-selectionMatch, .cm-searchMatch": { backgroundColor: "var(--hl)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--dim)" },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--bg)", borderColor: "var(--line)" },
  ".cm-textfield, .cm-button": {
    color: "var(--ink)", backgroundColor: "var(--panel)", backgroundImage: "none", border: "1px solid var(--line)",
  },

  ".tok-keyword, .tok-bool": { color: "var(--code-keyword)" },
  ".tok-string, .tok-string2": { color: "var(--code-string)" },
  ".tok-number": { color: "var(--code-number)" },
  ".tok-comment": { color: "var(--code-comment)", fontStyle: "italic" },
  ".tok-definition, .tok-className": { color: "var(--code-name)" },

  // The bar at the left says what happens on the line without relying on the background alone.
  ".cm-line": { paddingLeft: "8px", minWidth: "max-content" },
  ".line-running": { backgroundColor: "var(--hl)", boxShadow: "inset 3px 0 var(--accent)" },
  ".line-blocked": {
    background: "repeating-linear-gradient(-45deg, transparent 0 5px, var(--hl) 5px 10px)",
    boxShadow: "inset 3px 0 var(--syn)",
  },
  ".line-held": { backgroundColor: "var(--hl)", boxShadow: "inset 3px 0 var(--held)" },
  ".note": {
    // At the right end of the line's room; where the line is wider than what is seen, at the right end of that.
    float: "right", position: "sticky", right: "0", padding: "0 10px 0 22px", "--under": "var(--panel)",
    color: "var(--dim)", fontSize: "0.92em", pointerEvents: "none",
    background: "linear-gradient(to right, transparent, var(--under) 18px)",
  },
  ".line-running .note, .line-held .note, .line-blocked .note": { "--under": "var(--hl)" },
  ".line-blocked .note": { color: "var(--server)" },
  // A note that covers its line's text makes way for whoever wants to read or edit it.
  ".cm-line:hover .note-tight, &.cm-focused .cm-activeLine .note-tight": { visibility: "hidden" },
});
