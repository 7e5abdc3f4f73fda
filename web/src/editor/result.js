// An answer → what is shown: yes or no, a table with a chart where it helps, the answer as it came, files to save.
import { counted, el } from "../dom.js";
import { chartOf } from "./chart.js";
import { tableOf } from "./table.js";
import { tabs } from "./tabs.js";

const TABLE_FILES = [
  ["CSV", "text/csv", "csv"],
  ["TSV", "text/tab-separated-values", "tsv"],
  ["JSON", "application/sparql-results+json", "json"],
  ["XML", "application/sparql-results+xml", "xml"],
];
const GRAPH_FILES = [
  ["Turtle", "text/turtle", "ttl"],
  ["N-Triples", "application/n-triples", "nt"],
  ["JSON-LD", "application/ld+json", "jsonld"],
  ["RDF/XML", "application/rdf+xml", "rdf"],
];

// More than a browser lays out at once without a wait.
const SHOWN = 300000;

/** Return `{summary, parts}` of a reply: a sentence without its end, and elements. */
export async function resultOf(reply, query, settings) {
  const raw = () =>
    el(
      "div",
      {},
      reply.text.length > SHOWN
        ? el(
            "p",
            { class: "govuk-hint" },
            `The first ${SHOWN.toLocaleString("en-GB")} characters; save the answer to see all.`,
          )
        : null,
      el(
        "pre",
        { class: "app-raw", tabindex: "0", role: "region", "aria-label": "The answer as it came" },
        el("code", {}, reply.text.slice(0, SHOWN)),
      ),
    );
  if (!reply.media.includes("sparql-results+json")) {
    const lines = reply.text.split("\n").filter((line) => line.trim()).length;
    return { summary: counted(lines, "line"), parts: [raw(), files(GRAPH_FILES, reply, query, settings)] };
  }
  const answer = JSON.parse(reply.text);
  if (typeof answer.boolean === "boolean") {
    const word = answer.boolean ? "Yes" : "No";
    return {
      summary: `Answered: ${word.toLowerCase()}`,
      parts: [el("p", { class: "govuk-body-l" }, word), files(TABLE_FILES.slice(2), reply, query, settings)],
    };
  }
  const columns = answer.head.vars;
  const rows = answer.results.bindings;
  const chart = chartOf(columns, rows, settings.prefixes);
  const views = [
    ["Table", () => tableOf(columns, rows, settings)],
    ...(chart ? [["Chart", chart]] : []),
    ["Raw", raw],
  ];
  return {
    summary: counted(rows.length, "row"),
    parts: [tabs("Result", views), files(TABLE_FILES, reply, query, settings)],
  };
}

// A link cannot say which media type it wants, so the file is asked for and handed over here.
function files(kinds, reply, query, { run, fail }) {
  const save = async ([, media, ending]) => {
    try {
      const { text } = media === reply.media ? reply : await run(query, undefined, undefined, media);
      const url = URL.createObjectURL(new Blob([text], { type: media }));
      el("a", { href: url, download: `result.${ending}` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    } catch (error) {
      fail(error);
    }
  };
  return el(
    "div",
    { class: "app-files", role: "group", "aria-label": "Save the whole answer" },
    el("span", { class: "app-files__label" }, "Save as"),
    ...kinds.map((kind) =>
      el("button", { type: "button", class: "app-link-button", click: () => save(kind) }, kind[0]),
    ),
  );
}
