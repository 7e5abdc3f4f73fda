// Two to six interventions side by side without a server, for the static site.
//
//   <form data-compare="./"> selects or boxes called `intervention` <button> </form>   <div data-comparison> … </div>
//
// A value `pause` asks for `./pause.json`:
//   {"id": "intervention/pause", "name": "Pause",
//    "parts": [{"title": "Effects by outcome", "note": "", "rows": [{"label": "Stability", "lines": ["…"]}]}]}
// Nothing is added up or ranked: the columns stand in the order of the address. The caution is the page's own.
import { choices } from "./filter.js";
import { el, json } from "./dom.js";

const FEWEST = 2;
const MOST = 6;
const NOTHING = "Nothing stated";

/** Let the form with `data-compare` inside `page` compare; `root` is the way to the root of the site. */
export async function compareForm(page, root) {
  const form = page.querySelector("form[data-compare]");
  const place = page.querySelector("[data-comparison]");
  const status = el("p", { class: "app-status", role: "status" });
  const result = el("div");
  const advice = [...place.childNodes];

  const show = async (slugs) => {
    result.replaceChildren();
    status.textContent = "";
    place.replaceChildren(...(slugs.length ? [status, result] : advice));
    if (!slugs.length) return;
    if (slugs.length < FEWEST || slugs.length > MOST) {
      status.textContent = `Choose ${FEWEST} to ${MOST} interventions; ${slugs.length} chosen.`;
      return;
    }
    try {
      const subjects = await Promise.all(
        slugs.map((slug) => json(`${form.dataset.compare}${encodeURIComponent(slug)}.json`)),
      );
      result.append(...sections(subjects, root));
      status.textContent = subjects.map((subject) => subject.name).join(", ");
    } catch (error) {
      status.textContent = `One of these could not be loaded. ${error.message}`;
    }
  };

  const restore = () => {
    const asked = [...new Set(new URLSearchParams(location.search).getAll("intervention").filter(Boolean))];
    for (const box of form.querySelectorAll("input[name=intervention]"))
      box.checked = asked.includes(box.value);
    form
      .querySelectorAll("select[name=intervention]")
      .forEach((select, n) => (select.value = asked[n] ?? ""));
    return show(asked);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const slugs = [...new Set(choices(form).get("intervention") ?? [])];
    history.pushState(null, "", `?${new URLSearchParams(slugs.map((slug) => ["intervention", slug]))}`);
    show(slugs);
  });
  addEventListener("popstate", restore);
  // What somebody has chosen before this script came is theirs.
  if (location.search) await restore();
}

function sections(subjects, root) {
  const header = (scope, ...children) => el("th", { scope, class: "govuk-table__header" }, ...children);
  return subjects[0].parts.map(({ title, note }, n) => {
    const parts = subjects.map((subject) => subject.parts.find((part) => part.title === title));
    const labels = [...new Set(parts.flatMap((part) => (part?.rows ?? []).map((row) => row.label)))];
    const heads = subjects.map(({ id, name }) =>
      header("col", el("a", { class: "govuk-link", href: `${root}${id}/` }, name)),
    );
    const table = el(
      "table",
      { class: "govuk-table app-table" },
      el("caption", { class: "govuk-table__caption govuk-visually-hidden" }, title),
      el(
        "thead",
        { class: "govuk-table__head" },
        el("tr", {}, el("td", { class: "govuk-table__cell" }), ...heads),
      ),
      el(
        "tbody",
        {},
        ...labels.map((label) =>
          el("tr", {}, header("row", label), ...parts.map((part) => cell(part, label))),
        ),
      ),
    );
    return el(
      "section",
      { "aria-labelledby": `part-${n}` },
      el("h2", { class: "govuk-heading-l", id: `part-${n}` }, title),
      note ? el("p", { class: "govuk-body" }, note) : null,
      el(
        "div",
        { class: "app-scroll", role: "region", tabindex: "0", "aria-label": `${title}, table` },
        table,
      ),
    );
  });
}

function cell(part, label) {
  const lines = (part?.rows.find((row) => row.label === label)?.lines ?? []).filter(Boolean);
  if (lines.length < 2) return el("td", { class: "govuk-table__cell" }, lines[0] ?? NOTHING);
  return el(
    "td",
    { class: "govuk-table__cell" },
    el("ul", { class: "app-list" }, ...lines.map((line) => el("li", {}, line))),
  );
}
