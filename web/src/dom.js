// Elements made of texts: no text ever becomes markup.

/** Return an element with attributes and children; a child that is a string becomes text. */
export const el = (name, attributes = {}, ...children) =>
  filled(document.createElement(name), attributes, children);

const SVG = "http://www.w3.org/2000/svg";

/** Return an element of SVG, made like `el`. */
export const svg = (name, attributes = {}, ...children) =>
  filled(document.createElementNS(SVG, name), attributes, children);

function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes))
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Return a number as people in Britain write it: `2,147`. */
export const figure = (number) => number.toLocaleString("en-GB");

/** Return `number` with its word: `1 row`, `12 rows`. */
export const counted = (number, one, many = `${one}s`) => `${figure(number)} ${number === 1 ? one : many}`;

/** Return what `url` holds as JSON; throws an error that people can read. */
export async function json(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response.json();
}
