// The field for the query: CodeMirror with SPARQL's colours, lines, and words on offer. Tab is left to the browser.
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { StreamLanguage, bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";
import { offers } from "./complete.js";

// The colours of these classes stand in editor.scss.
const colours = tagHighlighter([
  { tag: tags.keyword, class: "tok-keyword" },
  { tag: tags.local(tags.variableName), class: "tok-variable" },
  { tag: tags.standard(tags.variableName), class: "tok-builtin" },
  { tag: tags.atom, class: "tok-name" },
  { tag: tags.string, class: "tok-string" },
  { tag: tags.comment, class: "tok-comment" },
  { tag: [tags.operator, tags.bracket, tags.meta], class: "tok-sign" },
]);

/** Put an editor into `parent` and return what the page needs of it. */
export function editorIn(parent, { text, labelledBy, describedBy, prefixes, terms, run }) {
  const language = StreamLanguage.define(sparql);
  const runs = Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }]));
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        runs,
        overSelection,
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false, maxRenderedOptions: 60 }),
        language,
        language.data.of({ autocomplete: offers(prefixes, terms) }),
        syntaxHighlighting(colours),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-labelledby": labelledBy,
          "aria-describedby": describedBy,
          "aria-multiline": "true",
          autocapitalize: "off",
          spellcheck: "false",
        }),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    // One change, so that undo brings the text before it back.
    set: (value) =>
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: value },
        selection: { anchor: 0 },
        scrollIntoView: true,
      }),
    putFirst: (value) => view.dispatch({ changes: { from: 0, insert: value } }),
    focus: () => view.focus(),
    // Both count from 1, as errors do; what lies beyond the text is its end.
    goTo: (line, column) => {
      const { from, to } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      view.dispatch({
        selection: { anchor: Math.min(from + Math.max(column - 1, 0), to) },
        scrollIntoView: true,
      });
      view.focus();
    },
  };
}

// Chrome gives a letter typed over coloured words their look, by a style attribute that our policy refuses aloud. So
// that it has nothing to do, the letter is put in here, past the same handlers (brackets) that CodeMirror asks.
const overSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || !event.data || empty || view.composing) return false;
    event.preventDefault();
    const insert = () =>
      view.state.update(view.state.replaceSelection(event.data), {
        userEvent: "input.type",
        scrollIntoView: true,
      });
    const taken = view.state
      .facet(EditorView.inputHandler)
      .some((handler) => handler(view, from, to, event.data, insert));
    if (!taken) view.dispatch(insert());
    return true;
  },
});
