// The SPARQL editor. Loaded on /sparql-editor/ alone: <link rel="stylesheet" href=".../editor.css"> beside
// site.css, <script type="module" src=".../editor.js"> beside site.js.
//
// What the page holds (works as a plain form without scripts; the editor takes the form's place):
//
//   <div id="sparql-editor" data-endpoint="../sparql" data-examples="../static/examples.json"
//        data-terms="../static/terms.json" data-prefixes='{"cscip":"https://w3id.org/cscip/ontology#", …}'
//        data-id="../id/{}">
//     <form method="get" action="../sparql">
//       <label class="govuk-label" for="query">Query</label>
//       <textarea class="govuk-textarea" id="query" name="query" rows="14">SELECT …</textarea>
//       <button class="govuk-button">Run</button>
//     </form>
//   </div>
//
// and on the static site, where no form would be answered, a sentence for those without scripts:
//
//   <div id="sparql-editor" data-dump="../downloads/cscip.nq" data-examples=… data-terms=… data-prefixes=…
//        data-id="../{}/" data-query="SELECT …"> <p>…</p> </div>
//
//   data-endpoint   where queries go: POST, a form with `query`. Either this or
//   data-dump       the graph as a file (.nq, .ttl, .trig, .nt), for the static site: queries then run in the browser,
//                   off the page's own thread; needs sparql-worker.js and oxigraph.wasm beside editor.js
//   data-examples   optional: [{"name", "topic", "summary", "text"}], the stored queries
//   data-terms      optional: [{"name": "cscip:Finding", "kind": "class", "about": "…"}], offered while one types
//   data-prefixes   optional: prefixes; what a query uses without naming it is added at its top before it runs
//   data-id         optional: where things of the prefix `id` are to be read: `{}` stands for `intervention/pause`
//                   (server "../id/{}", static site "../{}/"); without it they link to their IRI
//   data-query      optional: the query to begin with, where there is no form
//
// `#query=…` in the address is a query to load, `?query=what-reduced` the name of an example. Neither is ever run
// without somebody pressing Run.
import { counted, el, json } from "./dom.js";
import { copy } from "./copy.js";
import { editorIn } from "./editor/code.js";
import { examplesFor } from "./editor/examples.js";
import { missingLines, undeclared } from "./editor/prefixes.js";
import { resultOf } from "./editor/result.js";
import { runnerFor } from "./editor/run.js";
import { said } from "./editor/said.js";

const LOADING = "Loading the stored query …";
const place = document.getElementById("sparql-editor");
// A page with neither a form nor a dump has nothing that could answer: it stays as it is.
if (place && (place.querySelector("form") || place.dataset.dump)) start(place);

function start(place) {
  const settings = { ...place.dataset, prefixes: JSON.parse(place.dataset.prefixes ?? "{}") };
  const form = place.querySelector("form") ?? formWith(settings.query ?? "");
  const area = form.querySelector("textarea");
  const label = form.querySelector(`label[for="${area.id}"]`);
  const run = runnerFor(settings);
  let abort;

  label.id ||= "query-label";
  const terms = settings.terms ? json(settings.terms).catch(() => []) : Promise.resolve([]);
  const hold = el("div", { class: "app-field" });
  const editor = editorIn(hold, {
    text: asked() ?? area.value,
    labelledBy: label.id,
    describedBy: "query-keys",
    prefixes: settings.prefixes,
    terms,
    run: () => go(),
  });

  const runButton = el("button", { type: "submit", class: "govuk-button" }, "Run");
  const stopButton = el(
    "button",
    {
      type: "button",
      class: "govuk-button govuk-button--warning",
      hidden: true,
      click: () => abort?.abort(),
    },
    "Stop",
  );
  const shareButton = el(
    "button",
    { type: "button", class: "govuk-button govuk-button--secondary", click: share },
    "Copy link to this query",
  );
  const status = el("p", { class: "app-status", role: "status" });
  const output = el("div", { class: "app-output" });
  const keys = el(
    "p",
    { class: "govuk-hint", id: "query-keys" },
    ...[
      [["Ctrl", "Enter"], " runs the query. "],
      [["Ctrl", "Space"], " offers words. "],
      [["Tab"], " leaves the editor ("],
      [["Esc"], " closes a list of words first); "],
      [["Ctrl", "]"], " indents."],
    ].flatMap(([names, then]) => [
      el("span", { class: "app-keys" }, ...names.flatMap((name, n) => [n ? " + " : "", el("kbd", {}, name)])),
      then,
    ]),
  );
  label.removeAttribute("for");
  label.addEventListener("click", () => editor.focus());
  form.replaceChildren(
    label,
    keys,
    hold,
    el("div", { class: "govuk-button-group" }, runButton, stopButton, shareButton),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
  place.replaceChildren(form, status, output);
  const named = asked() == null && new URLSearchParams(location.search).get("query");
  if (named) status.textContent = LOADING;
  if (settings.examples)
    examplesFor(settings.examples, load).then((examples) => {
      if (examples) form.before(examples.chooser);
      // Whoever has begun to write or has run something meanwhile keeps that.
      if (named && asked() == null && editor.text() === area.value) examples?.use(named);
      if (status.textContent === LOADING) status.textContent = `There is no stored query “${named}”.`;
    });
  addEventListener("hashchange", () => {
    const text = asked();
    if (text != null && text !== editor.text())
      load(text, "The query of the address is loaded. It has not been run.");
  });
  if (asked() != null) status.textContent = "The query of the address is loaded. It has not been run.";

  function load(text, message) {
    editor.set(text);
    output.replaceChildren();
    status.textContent = message;
  }

  async function go() {
    if (abort) return;
    const missing = undeclared(editor.text(), settings.prefixes);
    editor.putFirst(missingLines(editor.text(), settings.prefixes));
    const query = editor.text();
    history.replaceState(history.state, "", address(query));
    abort = new AbortController();
    // The button stays where it is and keeps the focus: only its work is barred, above.
    runButton.setAttribute("aria-disabled", "true");
    stopButton.hidden = false;
    output.replaceChildren();
    status.textContent = "Running …";
    const began = performance.now();
    const stopped = () => `after ${seconds(performance.now() - began)}`;
    try {
      const reply = await run(query, abort.signal, (message) => (status.textContent = message));
      const result = await resultOf(reply, query, { ...settings, run, fail });
      output.replaceChildren(...result.parts);
      const added = missing.length
        ? ` ${counted(missing.length, "prefix", "prefixes")} added at the top.`
        : "";
      status.textContent = `${result.summary} in ${seconds(performance.now() - began)}.${added}`;
    } catch (error) {
      if (error.name === "AbortError") status.textContent = `Stopped ${stopped()}.`;
      else {
        status.textContent = "";
        fail(error);
      }
    } finally {
      const left = document.activeElement === stopButton;
      abort = undefined;
      stopButton.hidden = true;
      runButton.removeAttribute("aria-disabled");
      if (left) runButton.focus();
    }
  }

  function fail(error) {
    output.replaceChildren(said(error, editor.goTo));
  }

  async function share() {
    const link = new URL(address(editor.text()), location.href).href;
    history.replaceState(history.state, "", link);
    status.textContent = (await copy(link))
      ? "The link to this query is copied. Whoever opens it sees the query and can run it."
      : "The link to this query stands in the address bar.";
  }
}

function formWith(text) {
  const area = el("textarea", { id: "query", name: "query" });
  area.value = text;
  return el("form", {}, el("label", { class: "govuk-label govuk-label--s", for: "query" }, "Query"), area);
}

/** Return the query that the address holds after `#query=`; null without one. */
function asked() {
  return new URLSearchParams(location.hash.slice(1)).get("query");
}

function address(query) {
  return `#query=${encodeURIComponent(query)}`;
}

function seconds(milliseconds) {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
