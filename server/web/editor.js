// Puts an editor in the place of the text field of a form; the field stays what the form sends.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { styleTags, tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";

/** The package leaves names with a prefix without colour. */
const language = SparqlLanguage.configure({ props: [styleTags({ "Pname_ns Pname_ln": tags.namespace })] });

const ink = HighlightStyle.define([
  { tag: tags.keyword, color: "#0b4f8a", fontWeight: "600" },
  { tag: tags.comment, color: "#5c6670", fontStyle: "italic" },
  { tag: tags.variableName, color: "#7a3e00" },
  { tag: tags.string, color: "#22663a" },
  { tag: [tags.integer, tags.float, tags.bool], color: "#7b2d6b" },
  { tag: [tags.namespace, tags.url, tags.typeName], color: "#4a4390" },
]);

const look = EditorView.theme({
  "&": { border: "1px solid var(--quiet)", borderRadius: "4px", backgroundColor: "var(--paper)", color: "var(--ink)", fontSize: ".9rem" },
  "&.cm-focused": { outline: "3px solid #b86e00", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", minHeight: "15rem", maxHeight: "60vh" },
  ".cm-gutters": { backgroundColor: "var(--wash)", color: "var(--quiet)", border: "0" },
  ".cm-activeLine": { backgroundColor: "#0b4f8a0d" },
  ".cm-tooltip": { border: "1px solid var(--quiet)", borderRadius: "4px", backgroundColor: "var(--paper)", color: "var(--ink)" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "14rem", maxWidth: "min(42rem, 92vw)" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", textOverflow: "ellipsis" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--link)", color: "#fff" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: ".8", marginLeft: "1em" },
  ".cm-completionInfo": { maxWidth: "20rem", padding: "6px 10px", fontFamily: "system-ui, sans-serif" },
  ".cm-diagnostic": { borderLeftColor: "#a4262c", maxWidth: "34rem", fontFamily: "system-ui, sans-serif", padding: "5px 10px" },
});

/** Make the editor. It stands in a shadow tree: there its styles are no inline style, which the page's policy forbids. */
export function makeEditor(field, { label, complete, submit }) {
  const host = document.createElement("div");
  host.className = "editor";
  field.before(host);
  field.hidden = true;
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: field.value,
      extensions: [
        new LanguageSupport(language),
        syntaxHighlighting(ink),
        look,
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        indentOnInput(),
        highlightActiveLine(),
        EditorView.lineWrapping,
        autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60 }),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
        EditorView.domEventHandlers({ beforeinput: replace }),
        EditorView.updateListener.of((update) => update.docChanged && (field.value = update.state.doc.toString())),
        keymap.of([
          { key: "Mod-Enter", run: () => (submit(), true) },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...historyKeymap,
          ...lintKeymap,
          ...defaultKeymap,
        ]),
      ],
    }),
  });
  for (const named of document.querySelectorAll(`label[for="${field.id}"]`)) named.addEventListener("click", () => view.focus());
  return view;
}

/** Replace a selection with what is typed: a browser, left to itself, would style it like what it replaces, which the policy forbids. */
function replace(event, view) {
  if (event.inputType !== "insertText" || !event.data || view.state.selection.main.empty) return false;
  event.preventDefault();
  view.dispatch(view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true }));
  return true;
}

/** Replace the text, as when another query is shown. */
export function setText(view, text) {
  if (text !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

/** Mark the place of an error, counted in lines and characters from 1; without a place, or an error, take marks away. */
export function mark(view, problem, actions = []) {
  const found = [];
  if (problem && problem.line) {
    const line = view.state.doc.line(Math.min(problem.line, view.state.doc.lines));
    const from = Math.min(line.from + units(line.text, problem.column - 1), line.to);
    const word = /^(?:[\w.-]*:?[\w.-]+|\S)/.exec(view.state.doc.sliceString(from, line.to));
    const to = from + (word ? word[0].length : 0);
    found.push({ from: from === to ? Math.max(line.from, from - 1) : from, to, severity: "error", message: problem.message, actions });
    view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
  }
  view.dispatch(setDiagnostics(view.state, found));
}

/** Give the length in UTF-16 units of a number of characters. */
function units(text, characters) {
  return [...text].slice(0, characters).join("").length;
}
