// What the page draws into the text: the line that runs now, and short notes at the right end of lines.

import { RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType } from "@codemirror/view";

/** Effect: `{from, kind}`, the start of the line that runs now; or null for none. */
export const setCurrentLine = StateEffect.define({
  map: (line, changes) => line && { ...line, from: changes.mapPos(line.from) },
});

/** Effect: `[{at, text}]`, notes at the ends of lines. */
export const setNotes = StateEffect.define({
  map: (notes, changes) => notes.map((note) => ({ ...note, at: changes.mapPos(note.at, 1) })),
});

class Note extends WidgetType {
  constructor(text) {
    super();
    this.text = text;
  }

  eq(other) {
    return other.text === this.text;
  }

  toDOM() {
    const note = document.createElement("span");
    note.className = "note";
    note.textContent = this.text;
    return note;
  }
}

/** A set of decorations that `effect` replaces and that moves with the text as it is edited. */
function decorations(effect, build) {
  return StateField.define({
    create: () => Decoration.none,
    update(set, transaction) {
      for (const e of transaction.effects) if (e.is(effect)) return build(e.value);
      // An editing step can delete the whole line; its mark then has nothing to stand on.
      return transaction.docChanged ? set.map(transaction.changes) : set;
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}

const currentLine = decorations(setCurrentLine, (line) =>
  line ? RangeSet.of(Decoration.line({ class: `line-${line.kind}` }).range(line.from)) : Decoration.none);

const notes = decorations(setNotes, (list) =>
  Decoration.set(list.map(({ at, text }) => Decoration.widget({ widget: new Note(text), side: 1 }).range(at)), true));

/** Marks the notes that there is no room for at the right of their line's text. */
const tight = ViewPlugin.fromClass(class {
  constructor(view) {
    this.measure(view);
  }

  update(update) {
    const noted = update.transactions.some((tr) => tr.effects.some((effect) => effect.is(setNotes)));
    if (noted || update.docChanged || update.geometryChanged || update.viewportChanged) this.measure(update.view);
  }

  measure(view) {
    view.requestMeasure({
      key: this,
      read: () => [...view.contentDOM.querySelectorAll(".note")].map((note) => {
        const end = view.coordsAtPos(view.posAtDOM(note), -1);
        return [note, end !== null && end.right > note.getBoundingClientRect().left + 14];
      }),
      write: (measured) => measured.forEach(([note, covers]) => note.classList.toggle("note-tight", covers)),
    });
  }
});

/** The extension that holds both. */
export const marks = [currentLine, notes, tight];
