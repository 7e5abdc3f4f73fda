// Rows → a table that scrolls for itself, a hundred rows at a time. Only http and https become links.
import { counted, el, figure } from "../dom.js";
import { shortened } from "./prefixes.js";

const PAGE = 100;

/** Return the rows of an answer as a table with its caption and, where they are many, its pages. */
export function tableOf(columns, rows, settings) {
  const numeric = columns.map(
    (name) => rows.some((row) => row[name]) && rows.every((row) => !row[name] || isNumber(row[name])),
  );
  const body = el("tbody", { class: "govuk-table__body" });
  const caption = el("caption", { class: "govuk-table__caption" });
  const table = el(
    "table",
    { class: "govuk-table app-result" },
    caption,
    el(
      "thead",
      { class: "govuk-table__head" },
      el(
        "tr",
        { class: "govuk-table__row" },
        ...columns.map((name, n) =>
          el(
            "th",
            {
              scope: "col",
              class: `govuk-table__header${numeric[n] ? " govuk-table__header--numeric" : ""}`,
            },
            name,
          ),
        ),
      ),
    ),
    body,
  );
  const scroll = el(
    "div",
    { class: "app-scroll", role: "region", "aria-label": "Rows of the answer", tabindex: "0" },
    table,
  );
  const turn = (name, to) =>
    el(
      "button",
      { type: "button", class: "govuk-button govuk-button--secondary", click: () => show(to()) },
      name,
    );
  let first = 0;
  const before = turn("Earlier rows", () => first - PAGE);
  const after = turn("Later rows", () => first + PAGE);

  function show(from) {
    first = from;
    const shown = rows.slice(first, first + PAGE);
    body.replaceChildren(
      ...shown.map((row) =>
        el(
          "tr",
          { class: "govuk-table__row" },
          ...columns.map((name, n) =>
            el(
              "td",
              { class: `govuk-table__cell${numeric[n] ? " govuk-table__cell--numeric" : ""}` },
              cell(row[name], settings),
            ),
          ),
        ),
      ),
    );
    const many = rows.length > PAGE;
    caption.textContent = many
      ? `Rows ${figure(first + 1)} to ${figure(first + shown.length)} of ${figure(rows.length)}`
      : counted(rows.length, "row");
    before.hidden = !many || first === 0;
    after.hidden = !many || first + PAGE >= rows.length;
    // The button that was pressed may be gone: the focus goes to what it brought.
    if (scroll.isConnected) {
      scroll.scrollIntoView({ block: "nearest" });
      scroll.focus();
    }
  }

  show(0);
  return el("div", {}, scroll, el("div", { class: "govuk-button-group" }, before, after));
}

/** Return whether a term is a number. */
export function isNumber(term) {
  return (
    /#(integer|decimal|double|float|int|long|short|byte|nonNegativeInteger|positiveInteger)$/.test(
      term.datatype ?? "",
    ) && Number.isFinite(Number(term.value))
  );
}

function cell(term, { prefixes, id }) {
  if (!term) return null;
  if (term.type === "bnode") return `_:${term.value}`;
  if (term.type === "triple") return JSON.stringify(term.value);
  if (term.type !== "uri") return term.value;
  const text = shortened(term.value, prefixes);
  if (!/^https?:\/\//i.test(term.value)) return text;
  const ours = id && prefixes.id && term.value.startsWith(prefixes.id);
  return el(
    "a",
    {
      class: "govuk-link",
      href: ours ? local(term.value.slice(prefixes.id.length), id) : term.value,
      rel: "noreferrer",
    },
    ...breakable(text),
  );
}

// Long addresses may break after their parts, not within a word.
function breakable(text) {
  return text.split(/(?<=[/#])/).flatMap((part, n) => (n ? [el("wbr"), part] : [part]));
}

function local(rest, pattern) {
  const [path, fragment] = rest.split("#");
  return pattern.replace("{}", encodeURI(path)) + (fragment ? `#${encodeURIComponent(fragment)}` : "");
}
