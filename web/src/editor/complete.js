// Words on offer while one types: keywords, prefixes, terms of the vocabularies, the query's own variables.
import { bare, lines, undeclared } from "./prefixes.js";

const KEYWORDS = (
  "ASK ASC AS BASE BIND BOUND BY COALESCE CONCAT CONSTRUCT CONTAINS COUNT DATATYPE DESC DESCRIBE DISTINCT " +
  "EXISTS FILTER FROM GRAPH GROUP GROUP_CONCAT HAVING IF IN LANG LANGMATCHES LCASE LIMIT MAX MIN MINUS NAMED NOT " +
  "OFFSET OPTIONAL ORDER PREFIX REDUCED REGEX REPLACE SAMPLE SELECT SEPARATOR STR STRAFTER STRBEFORE STRENDS " +
  "STRLEN STRSTARTS SUBSTR SUM UCASE UNDEF UNION VALUES WHERE AVG"
).split(" ");
const WORD = /[?$]?[\w-]*(?::[\w./-]*)?$/;
const VARIABLE = /[?$]\w+/g;

/** Return a source of completions for CodeMirror; `terms` is a promise of a list of terms. */
export function offers(prefixes, terms) {
  return async (context) => {
    const word = context.matchBefore(WORD);
    if (!context.explicit && (!word || word.text.length < 2) && !word?.text.endsWith(":")) return null;
    if (inAside(context)) return null;
    const text = word?.text ?? "";
    const from = word?.from ?? context.pos;
    const options = /^[?$]/.test(text)
      ? variables(context, from)
      : [...keywords(), ...named(prefixes), ...(await terms).map((term) => offered(term, prefixes))];
    return { from, options, validFor: /^[?$]?[\w-]*(:[\w./-]*)?$/ };
  };
}

// Inside a comment, a text or an IRI nothing is offered.
function inAside({ state, pos }) {
  const whole = state.doc.toString();
  return pos > 0 && bare(whole)[pos - 1] === " " && !/\s/.test(whole[pos - 1]);
}

function keywords() {
  return KEYWORDS.map((label) => ({ label, type: "keyword", boost: -1 }));
}

function named(prefixes) {
  return Object.entries(prefixes).map(([prefix, iri]) => ({
    label: `${prefix}:`,
    detail: iri,
    type: "namespace",
    apply: declaring(`${prefix}:`, prefixes),
  }));
}

function offered(term, prefixes) {
  return {
    label: term.name,
    detail: term.kind,
    info: term.about || undefined,
    type: "type",
    apply: declaring(term.name, prefixes),
  };
}

function variables(context, from) {
  const text = context.state.doc.toString();
  const found = new Set(
    [...text.matchAll(VARIABLE)].filter((match) => match.index !== from).map((match) => match[0]),
  );
  return [...found].sort().map((label) => ({ label, type: "variable" }));
}

// A name brings the line that declares its prefix with it, at the top. After the word PREFIX the IRI is what is wanted.
function declaring(name, prefixes) {
  return (view, _completion, from, to) => {
    const before = view.state.sliceDoc(Math.max(0, from - 20), from);
    if (/\bPREFIX\s+$/i.test(before) && name.endsWith(":")) {
      const insert = `${name} <${prefixes[name.slice(0, -1)]}>`;
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length } });
      return;
    }
    const after = view.state.sliceDoc(0, from) + name + view.state.sliceDoc(to);
    const top = lines(
      undeclared(after, prefixes).filter((prefix) => name.startsWith(`${prefix}:`)),
      prefixes,
    );
    view.dispatch({
      changes: [
        { from: 0, insert: top },
        { from, to, insert: name },
      ],
      selection: { anchor: top.length + from + name.length },
    });
  };
}
