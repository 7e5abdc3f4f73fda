// Puts a query to an endpoint and prints its rows, tab between the cells.
import { QueryEngine } from "@comunica/query-sparql";

const [, , endpoint, query] = process.argv;
const sources = [{ type: "sparql", value: endpoint }];
for await (const row of await new QueryEngine().queryBindings(query, { sources })) {
  console.log([...row.values()].map((term) => term.value).join("\t"));
}
