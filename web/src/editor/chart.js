// Rows with one text and one number → horizontal bars. No library, no style in attributes: geometry only.
import { el, svg } from "../dom.js";
import { shortened } from "./prefixes.js";
import { isNumber } from "./table.js";

const MOST = 40;
const LINE = 44;
const TEXT = 15;
const BAR = 18;

/** Return a function that draws the rows, or undefined where bars would tell nothing. */
export function chartOf(columns, rows, prefixes) {
  if (rows.length < 2) return undefined;
  const numbers = columns.filter((name) => rows.every((row) => row[name] && isNumber(row[name])));
  const texts = columns.filter((name) => !numbers.includes(name) && rows.some((row) => row[name]));
  // IRIs beside names say the same thing twice: names are for people.
  const named = texts.filter((name) => rows.every((row) => row[name]?.type !== "uri"));
  const label = (named.length ? named : texts)[0];
  const number = numbers.at(-1);
  if (!label || !number) return undefined;
  const bars = rows.slice(0, MOST).map((row) => {
    const term = row[label];
    return {
      text: !term ? "(none)" : term.type === "uri" ? shortened(term.value, prefixes) : term.value,
      value: Number(row[number].value),
      printed: row[number].value,
    };
  });
  return () => drawn(bars, label, number, rows.length);
}

function drawn(bars, label, number, all) {
  const least = Math.min(0, ...bars.map((bar) => bar.value));
  const most = Math.max(0, ...bars.map((bar) => bar.value));
  // The figures stand to the right of the longest bar.
  const scale = 85 / (most - least || 1);
  const zero = -least * scale;
  const title = `${number} by ${label}`;
  const rows = bars.map((bar, n) => {
    const width = Math.abs(bar.value) * scale;
    const from = bar.value < 0 ? zero - width : zero;
    return svg(
      "g",
      {},
      svg("text", { x: 0, y: n * LINE + TEXT, class: "app-bars__text" }, bar.text),
      svg("rect", {
        x: `${from.toFixed(2)}%`,
        y: n * LINE + TEXT + 5,
        width: `${width.toFixed(2)}%`,
        height: BAR,
        class: "app-bars__bar",
      }),
      svg(
        "text",
        {
          x: `${(from + width).toFixed(2)}%`,
          dx: 6,
          y: n * LINE + TEXT + 5 + BAR - 4,
          class: "app-bars__number",
        },
        bar.printed,
      ),
    );
  });
  const picture = svg(
    "svg",
    {
      role: "img",
      "aria-label": `Bars: ${title}. The table has the same figures.`,
      width: "100%",
      height: bars.length * LINE,
      class: "app-bars",
    },
    ...rows,
  );
  const note =
    all > MOST ? `The first ${MOST} of ${all.toLocaleString("en-GB")} rows.` : "Every row of the answer.";
  return el(
    "figure",
    { class: "app-figure" },
    el("figcaption", { class: "govuk-heading-s" }, `${title} `, el("span", { class: "app-cite" }, note)),
    picture,
  );
}
