// The stored queries as examples to begin with.
import { el, json } from "../dom.js";

/**
 * Return `{chooser, use}` over the examples at `url`, or undefined when there are none: the element to choose with,
 * and a function that takes one by its name, if there is one of that name. `load(text, message)` gets it.
 */
export async function examplesFor(url, load) {
  const examples = await json(url).catch(() => []);
  if (!examples.length) return undefined;
  const topics = grouped(examples);
  const select = el(
    "select",
    { class: "govuk-select app-examples__select", id: "example" },
    ...[...topics].map(([topic, found]) =>
      el(
        "optgroup",
        { label: topic },
        ...found.map((e) => el("option", { value: e.name }, e.summary || e.name)),
      ),
    ),
  );
  const use = (name) => {
    const chosen = examples.find((example) => example.name === name);
    if (!chosen) return;
    select.value = name;
    load(plain(chosen), `“${name}” is loaded. It has not been run; undo (Ctrl + Z) brings your text back.`);
  };
  const chooser = el(
    "div",
    { class: "govuk-form-group app-examples" },
    el("label", { class: "govuk-label govuk-label--s", for: "example" }, "Begin with a stored query"),
    el(
      "div",
      { class: "app-examples__row" },
      select,
      el(
        "button",
        { type: "button", class: "govuk-button govuk-button--secondary", click: () => use(select.value) },
        "Use it",
      ),
    ),
  );
  return { chooser, use };
}

// The header of a stored query is for the program that reads it; people need its first sentence.
function plain({ summary, text }) {
  return text.replace(/^(#\+.*\n)+/, summary ? `# ${summary}\n` : "").trimEnd();
}

function grouped(examples) {
  const found = new Map();
  for (const example of examples) found.set(example.topic, [...(found.get(example.topic) ?? []), example]);
  return found;
}
