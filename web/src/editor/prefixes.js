// Prefixes of a query: which are declared, which are used, and the lines that are missing.

// What may hold a colon that is no prefix: comments, texts in quotes, IRIs. A `<` before a space is less-than.
const ASIDE =
  /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>"{}|^`\\\s]*>|#[^\n]*/g;
const DECLARED = /\bPREFIX\s+([A-Za-z][\w.-]*)?:/gi;
const USED = /(?<![\w?$@:.-])([A-Za-z][\w.-]*):/g;

/** Return a query without its comments, texts and IRIs, spaces in their places. */
export function bare(query) {
  return query.replace(ASIDE, (found) => found.replace(/[^\n]/g, " "));
}

/** Return the known prefixes that a query uses and does not declare, in the order of their use. */
export function undeclared(query, known) {
  const text = bare(query);
  const declared = new Set([...text.matchAll(DECLARED)].map((match) => match[1] ?? ""));
  const used = new Set([...text.replace(DECLARED, "").matchAll(USED)].map((match) => match[1]));
  return [...used].filter((prefix) => Object.hasOwn(known, prefix) && !declared.has(prefix));
}

/** Return the lines that declare `prefixes`. */
export function lines(prefixes, known) {
  return prefixes.map((prefix) => `PREFIX ${prefix}: <${known[prefix]}>\n`).join("");
}

/** Return the lines that a query lacks at its top; empty when it declares all that it uses. */
export function missingLines(query, known) {
  const missing = undeclared(query, known);
  // BASE and PREFIX may stand in any order, so the very top is right, and no comment is torn from its line.
  return lines(missing, known) + (missing.length && !/^\s*(PREFIX|BASE)\b/i.test(query) ? "\n" : "");
}

/** Return an IRI in short where a prefix fits, else as it is. */
export function shortened(iri, known) {
  for (const [prefix, start] of Object.entries(known)) {
    const rest = iri.startsWith(start) ? iri.slice(start.length) : "";
    if (!rest) continue;
    if (prefix === "id") return rest;
    if (/^[\w][\w.-]*$/.test(rest)) return `${prefix}:${rest}`;
  }
  return iri;
}
