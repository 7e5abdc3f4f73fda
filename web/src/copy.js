// Buttons that copy. <button type="button" class="govuk-button govuk-button--secondary app-copy" hidden
// data-copy="ID">Copy the citation</button> copies the text of the element ID; it stays hidden without scripts.
import { el } from "./dom.js";

/** Show every button with `data-copy` inside `root` and let it copy. */
export function copyButtons(root) {
  for (const button of root.querySelectorAll("button[data-copy]")) {
    const target = document.getElementById(button.dataset.copy);
    if (!target) continue;
    const told = el("span", { role: "status", class: "govuk-visually-hidden" });
    const label = button.textContent;
    button.after(told);
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await copy(target.value ?? target.textContent.trim());
      told.textContent = done ? "Copied" : "Could not copy: select the text and copy it";
      button.textContent = done ? "Copied" : label;
      setTimeout(() => {
        told.textContent = "";
        button.textContent = label;
      }, 4000);
    });
  }
}

/** Put `text` on the clipboard and return whether that worked. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http on an organisation's own network has no clipboard interface.
    const area = el("textarea", { class: "govuk-visually-hidden", "aria-hidden": "true", tabindex: "-1" });
    const focused = document.activeElement;
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return done;
  }
}
