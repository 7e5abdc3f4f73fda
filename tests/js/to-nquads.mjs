// Writes the JSON-LD file named on the command line as N-Quads. Nothing is fetched, nothing is dropped.
import { readFile } from "node:fs/promises";
import jsonld from "jsonld";

const documentLoader = (url) => {
  throw new Error(`A reader would have to fetch ${url}.`);
};
const document = JSON.parse(await readFile(process.argv[2], "utf8"));
const options = { documentLoader, format: "application/n-quads", safe: true };
process.stdout.write(await jsonld.toRDF(document, options));
