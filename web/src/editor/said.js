// What went wrong, plainly: the status of the server and its own words.
import { el } from "../dom.js";

const LONGEST = 4000;

/** An answer of the server that is not the result asked for. */
export class Refused extends Error {
  constructor(title, detail) {
    super(detail);
    this.name = "Refused";
    this.title = title;
  }
}

/** Return an error as an element that is read out when it appears; `goTo(line, column)` leads to its place. */
export function said(error, goTo) {
  const text = error.message.slice(0, LONGEST);
  const [, line, column] = /\b(?:at|line) (\d+)(?::|,? col(?:umn)? ?)(\d+)/.exec(text) ?? [];
  return el(
    "div",
    { class: "govuk-error-summary app-error" },
    el(
      "div",
      { role: "alert" },
      el("h2", { class: "govuk-error-summary__title" }, error.title ?? "The query was not answered"),
      el("div", { class: "govuk-error-summary__body" }, el("pre", { class: "app-error__text" }, text)),
    ),
    line
      ? el(
          "button",
          {
            type: "button",
            class: "govuk-button govuk-button--secondary app-error__go",
            click: () => goTo(Number(line), Number(column)),
          },
          `Go to line ${line}`,
        )
      : null,
  );
}

/** Return the words of an answer: the detail of problem details, else the text itself. */
export function wordsOf(media, text) {
  if (!media.includes("json")) return text.trim();
  try {
    const told = JSON.parse(text);
    return told.detail ?? told.title ?? text;
  } catch {
    return text;
  }
}
