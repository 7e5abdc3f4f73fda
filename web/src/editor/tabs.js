// Views of one answer to choose from, with the keys that people know from tabs: arrows, Home, End.
import { el } from "../dom.js";

/** Return tabs; `views` are pairs of a name and a function that makes its element, once, when first looked at. */
export function tabs(name, views) {
  const made = new Map();
  const panels = views.map(([label], n) =>
    el("div", {
      role: "tabpanel",
      id: `view-${n}`,
      "aria-labelledby": `tab-${n}`,
      hidden: true,
      "data-name": label,
    }),
  );
  const buttons = views.map(([label], n) =>
    el(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${n}`,
        class: "app-tabs__tab",
        "aria-controls": `view-${n}`,
        click: () => choose(n),
      },
      label,
    ),
  );
  const list = el(
    "div",
    { role: "tablist", class: "app-tabs__list", "aria-label": name, keydown: move },
    ...buttons,
  );

  function choose(n) {
    if (!made.has(n)) {
      made.set(n, views[n][1]());
      panels[n].append(made.get(n));
    }
    buttons.forEach((button, m) => {
      button.setAttribute("aria-selected", String(m === n));
      button.tabIndex = m === n ? 0 : -1;
      panels[m].hidden = m !== n;
    });
  }

  function move(event) {
    const at = buttons.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const n = (to + buttons.length) % buttons.length;
    choose(n);
    buttons[n].focus();
  }

  choose(0);
  return el("div", { class: "app-tabs" }, list, ...panels);
}
