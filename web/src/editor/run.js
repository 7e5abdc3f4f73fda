// Who answers a query: the server, or the graph's file in a worker of the browser.
import { Refused, wordsOf } from "./said.js";

// What the editor can show; the server chooses by the form of the query.
export const SHOWN = "application/sparql-results+json, text/turtle;q=0.9";

/** Return a function (query, signal, tell, accept) → {media, text}; it throws `Refused` or an AbortError. */
export function runnerFor(settings) {
  return settings.dump
    ? inBrowser(new URL(settings.dump, document.baseURI).href)
    : overHttp(settings.endpoint);
}

function overHttp(endpoint) {
  return async (query, signal, _tell, accept = SHOWN) => {
    let response;
    try {
      response = await fetch(endpoint, {
        method: "POST",
        headers: { Accept: accept },
        body: new URLSearchParams({ query }),
        signal,
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refused("The server could not be reached", error.message);
    }
    const text = await response.text();
    const media = (response.headers.get("Content-Type") ?? "").split(";")[0].trim();
    if (response.ok) return { media, text };
    const wait = response.headers.get("Retry-After");
    const again = wait && /^\d+$/.test(wait) ? `\nTry again in ${wait} s.` : "";
    throw new Refused(
      `The server answered ${response.status} ${response.statusText}`.trim(),
      wordsOf(media, text) + again,
    );
  };
}

function inBrowser(dump) {
  let worker;
  let number = 0;
  return (query, signal, tell, accept = SHOWN) =>
    new Promise((resolve, reject) => {
      worker ??= new Worker(new URL("sparql-worker.js", import.meta.url), { type: "module" });
      const id = ++number;
      const done = (settle, value) => {
        worker?.removeEventListener("message", heard);
        worker?.removeEventListener("error", broken);
        signal?.removeEventListener("abort", stop);
        settle(value);
      };
      // The only way to end a query: the next one loads the graph again.
      const stop = () => {
        worker.terminate();
        worker = undefined;
        done(reject, new DOMException("Stopped", "AbortError"));
      };
      const broken = (event) =>
        done(
          reject,
          new Refused("Queries cannot run in this browser", event.message || "The worker did not start."),
        );
      const heard = ({ data }) => {
        if (data.id !== id) return;
        if (data.tell) tell?.(data.tell);
        else if (data.error) done(reject, new Refused("The query was not answered", data.error));
        else done(resolve, { media: data.media, text: data.text });
      };
      worker.addEventListener("message", heard);
      worker.addEventListener("error", broken);
      signal?.addEventListener("abort", stop);
      worker.postMessage({ id, dump, query, accept });
    });
}
