// Search without a server, for the static site.
//
//   <form data-search="index.json"> <input name="q"> <select name="kind"> <button> </form>   <div data-results> … </div>
//
// The file that data-search names is a list of {"path": "intervention/pause/", "name": "Pause",
// "kind": "intervention", "names": ["other names"], "text": "all words to be found by"}; paths start at the root of
// the site. Names count most; a slip of the keyboard and the beginning of a word find, too.
import MiniSearch from "minisearch";
import { counted, el, json } from "./dom.js";

const SHOWN = 50;
const STEP = /[\s\p{P}\p{S}]+/u;
// Words that stand in every text and would find everything.
const EMPTY = new Set(
  "a an and are as at by for from in is it its of on or that the to was were which with".split(" "),
);

/** Let the form with `data-search` inside `page` search; `root` is the way to the root of the site. */
export async function searchForm(page, root) {
  const form = page.querySelector("form[data-search]");
  const place = page.querySelector("[data-results]");
  const advice = [...place.childNodes];
  const list = el("ol", { class: "app-results" });
  const status = el("p", { class: "app-status", role: "status" });
  const { q, kind } = form.elements;
  let index;

  const show = async () => {
    const asked = q.value.trim();
    if (!asked) {
      place.replaceChildren(...advice);
      return;
    }
    place.replaceChildren(status, list);
    list.replaceChildren();
    try {
      index ??= indexed(await json(form.dataset.search));
    } catch (error) {
      status.textContent = `The list of things to search could not be loaded. ${error.message}`;
      return;
    }
    const found = find(index, asked, kind?.value);
    list.append(...found.slice(0, SHOWN).map((hit) => item(hit, root)));
    const more = found.length > SHOWN ? `, the ${SHOWN} nearest shown` : "";
    status.textContent = found.length
      ? `${counted(found.length, "result")} for “${asked}”${more}`
      : `Nothing found for “${asked}”`;
  };

  const restore = () => {
    const params = new URLSearchParams(location.search);
    q.value = params.get("q") ?? "";
    if (kind) kind.value = params.get("kind") ?? "";
    return show();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.pushState(null, "", `?${new URLSearchParams(new FormData(form))}`);
    show();
  });
  addEventListener("popstate", restore);
  // What somebody has typed before this script came is theirs.
  if (location.search) await restore();
}

/** Return an index over the entries of search.json. */
export function indexed(entries) {
  const index = new MiniSearch({
    fields: ["name", "names", "text"],
    storeFields: ["path", "name", "kind"],
    extractField: (entry, field) =>
      Array.isArray(entry[field]) ? entry[field].join(" · ") : (entry[field] ?? ""),
    tokenize: (text) => text.split(STEP).filter(Boolean),
    processTerm: (term) => (EMPTY.has(term.toLowerCase()) ? null : term.toLowerCase()),
  });
  // Two things may stand on one page, so a path is no identifier.
  index.addAll(entries.map((entry, id) => ({ ...entry, id })));
  return index;
}

/** Return the hits for what was asked, the nearest first: all words where that finds something, else any. */
export function find(index, asked, kind) {
  const options = {
    boost: { name: 6, names: 4 },
    prefix: (term) => term.length > 2,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    filter: kind ? (hit) => hit.kind === kind : undefined,
  };
  const all = index.search(asked, { ...options, combineWith: "AND" });
  return all.length ? all : index.search(asked, options);
}

function item(hit, root) {
  return el(
    "li",
    {},
    el(
      "p",
      { class: "app-results__title" },
      el("a", { class: "govuk-link", href: root + hit.path }, hit.name),
      " ",
      el("span", { class: "app-kind" }, (hit.kind ?? "").replaceAll("-", " ")),
    ),
    el("p", { class: "app-results__why" }, `Found by: ${Object.keys(hit.match).join(", ")}`),
  );
}
