// Forms that narrow what stands on the page already.
//
//   <form data-filter="rows"> … <select name="theme"> … <input name="q"> … </form>
//   <p role="status" data-count="rows">103 interventions</p>
//   <table> … <tbody id="rows"><tr data-theme="residential-care edge-of-care">
//
// `rows` is the body of a table or a list. A control called `theme` looks at `data-theme`, values with spaces
// between them; several ticked boxes of one name mean any of them. The control called `q` looks at the words of the
// row. An empty control lets all through. The choice stands in the address, so that it can be sent to others.

/** Let every form with `data-filter` inside `root` narrow its rows. */
export function filterForms(root) {
  for (const form of root.querySelectorAll("form[data-filter]")) {
    const target = document.getElementById(form.dataset.filter);
    if (target) filterForm(form, target);
  }
}

function filterForm(form, target) {
  const rows = [...target.children];
  const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const count = document.querySelector(`[data-count="${form.dataset.filter}"]`);
  const noun = count?.textContent.trim().replace(/^[\d,]+\s*/, "") || "rows";

  const apply = () => {
    const chosen = choices(form);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !passes(row, words.get(row), chosen);
      shown += !row.hidden;
    }
    if (count) count.textContent = `${shown < rows.length ? `${shown} of ` : ""}${rows.length} ${noun}`;
    const query = new URLSearchParams(
      [...chosen].flatMap(([name, values]) => values.map((value) => [name, value])),
    );
    history.replaceState(history.state, "", (query.size ? `?${query}` : location.pathname) + location.hash);
  };

  restore(form, new URLSearchParams(location.search));
  apply();
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  // A form is reset after the event.
  form.addEventListener("reset", () => setTimeout(apply));
}

/** Return the values chosen in a form, by name; what is empty is left out. */
export function choices(form) {
  const found = new Map();
  for (const [name, value] of new FormData(form))
    if (value.trim()) found.set(name, [...(found.get(name) ?? []), value.trim()]);
  return found;
}

/** Return whether a row passes the choices; `text` is its words in small letters. */
export function passes(row, text, chosen) {
  for (const [name, values] of chosen) {
    const held = (row.getAttribute(`data-${name}`) ?? "").split(/\s+/);
    const fits =
      name === "q"
        ? values.every((value) =>
            value
              .toLowerCase()
              .split(/\s+/)
              .every((word) => text.includes(word)),
          )
        : values.some((value) => held.includes(value));
    if (!fits) return false;
  }
  return true;
}

function restore(form, params) {
  for (const control of form.elements) {
    if (!control.name || !params.has(control.name)) continue;
    if (control.type === "checkbox" || control.type === "radio")
      control.checked = params.getAll(control.name).includes(control.value);
    else control.value = params.get(control.name);
  }
}
