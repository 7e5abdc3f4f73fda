// Answers queries off the page's own thread, over the graph's file, for the static site: no server takes part.
//
// In: {id, dump, query, accept}. Out: {id, tell} on the way, then {id, media, text} or {id, error}. A store is read
// once and stays; whoever wants a query ended ends the worker.
import init, { Store } from "oxigraph/web.js";

const FORMATS = {
  nq: "application/n-quads",
  nt: "application/n-triples",
  ttl: "text/turtle",
  trig: "application/trig",
};
let ready;

self.addEventListener("message", async ({ data: { id, dump, query, accept } }) => {
  const tell = (message) => self.postMessage({ id, tell: message });
  try {
    ready ??= opened(dump, tell);
    const store = await ready;
    tell("Running …");
    self.postMessage({ id, ...answer(store, query, accept) });
  } catch (error) {
    if (!(await ready?.catch(() => null))) ready = undefined;
    self.postMessage({ id, error: error.message || String(error) });
  }
});

async function opened(dump, tell) {
  tell("Loading the engine …");
  await init({ module_or_path: new URL("oxigraph.wasm", import.meta.url) });
  tell("Loading the graph …");
  const response = await fetch(dump);
  if (!response.ok)
    throw new Error(`The graph could not be loaded: ${response.status} ${response.statusText}`);
  const store = new Store();
  const format = FORMATS[new URL(dump).pathname.split(".").pop()];
  store.load(await response.text(), { format, no_transaction: true });
  return store;
}

// As on the server, the default graph is all graphs together.
function answer(store, query, accept) {
  const options = { use_default_graph_as_union: true };
  const wanted = accept.split(",").map((part) => part.split(";")[0].trim());
  let refused;
  for (const media of wanted) {
    try {
      return { media, text: store.query(query, { ...options, results_format: media }) };
    } catch (error) {
      refused ??= error;
      // A graph has no format of tables, nor the other way round: the next of those accepted may fit.
      if (!/^Not supported (SPARQL query results|RDF) format/.test(error.message)) throw error;
    }
  }
  throw refused;
}
