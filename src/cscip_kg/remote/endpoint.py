"""A SPARQL endpoint that is asked as the graph of our own is.

In: an address and queries. Out: answers of the same kinds as `store.ask` gives. All graphs of the project
that the store holds are asked together, and none of its other graphs: what else lies there does not change an
answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode, urljoin

import pyoxigraph as ox

from cscip_kg.errors import RemoteCutError, RemoteFormatError
from cscip_kg.gate import check_query, form_of, names_its_graphs, with_prefixes
from cscip_kg.namespaces import DCTERMS, GRAPH
from cscip_kg.remote import reading
from cscip_kg.remote.client import Client
from cscip_kg.remote.credentials import Credentials
from cscip_kg.remote.engines import Engine, document_mended, engine_of
from cscip_kg.remote.transport import Budget, Reply, Request
from cscip_kg.store import Answer, Limits

# What was put there and when it was whole: a graph of our own that answers no question.
MANIFEST = GRAPH + "pushed"
_MOST_PARTS = 4
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_GRAPHS = f"""SELECT DISTINCT ?g WHERE {{
  GRAPH ?g {{ ?s ?p ?o }}
  FILTER(STRSTARTS(STR(?g), "{GRAPH}"))
}}"""


class Endpoint:
    """A store elsewhere that answers SPARQL 1.1 queries.

    Attributes:
        url: where it is asked.
        limits: what an answer may cost when nothing else is said.
    """

    def __init__(
        self, url: str, limits: Limits | None = None, credentials: Credentials | None = None
    ) -> None:
        """Take the address that the store documents as its SPARQL endpoint; nothing is sent yet."""
        self.url, self.limits = url, limits or Limits()
        self.client = Client(url, credentials)
        self._graphs: tuple[str, ...] | None = None
        self._engine: Engine | None = None

    def _sent(self, text: str, budget: Budget, **graphs: tuple[str, ...]) -> Reply:
        fields = [("query", text)]
        fields += [(name.replace("_", "-"), iri) for name, iris in graphs.items() for iri in iris]
        accept = reading.ACCEPT_ROWS if form_of(text) in {"SELECT", "ASK"} else reading.ACCEPT_GRAPH
        request = Request("POST", self.url, {"Accept": accept, **_FORM}, urlencode(fields).encode())
        return self.client.send(request, budget)

    def budget(self) -> Budget:
        """Return what one request may cost, counted from now."""
        return Budget(self.limits.seconds, self.limits.max_bytes)

    def engine(self, budget: Budget | None = None) -> Engine:
        """Return what is known of this kind of store; it is asked the simplest of questions once."""
        if self._engine is None:
            reading.rows(self._sent("ASK {}", budget or self.budget()))
            self._engine = engine_of(self.client.server)
        return self._engine

    def beside(self, place: str) -> str:
        """Return an address of the store, given relative to its endpoint; the endpoint for nothing."""
        return urljoin(self.url, place) if place else self.url

    def graphs(self, budget: Budget | None = None) -> tuple[str, ...]:
        """Return the IRIs of the project's graphs that the store holds."""
        if self._graphs is None:
            found = reading.rows(self._sent(_GRAPHS, budget or self.budget()))["results"]["bindings"]
            names = (str(row["g"]["value"]) for row in found)
            self._graphs = tuple(sorted(name for name in names if name != MANIFEST))
        return self._graphs

    def build_id(self) -> str:
        """Return the id of the build that was pushed here last and whole, or words that none was."""
        text = f"SELECT ?id WHERE {{ GRAPH <{MANIFEST}> {{ <{MANIFEST}> <{DCTERMS}identifier> ?id }} }}"
        reply = self._sent(text, self.budget())
        found = reading.rows(reply)["results"]["bindings"]
        return str(found[0]["id"]["value"]) if len(found) == 1 else "of unknown origin"

    def forget(self) -> None:
        """Ask anew which graphs there are: they have changed."""
        self._graphs = None

    def ask(self, text: str, limits: Limits | None = None) -> Answer:
        """Run one query; see `store.ask`, whose answers these are like.

        Raises:
            QueryError: the query is refused before it is sent.
            RemoteError: the store gives no whole answer within the limits.
        """
        check_query(text)
        limit = limits or self.limits
        budget = Budget(limit.seconds, limit.max_bytes)
        known = self.engine(budget)
        own = () if names_its_graphs(text) else self.graphs(budget)
        sent = known.understood(with_prefixes(text))
        reply = self._sent(sent, budget, default_graph_uri=own, named_graph_uri=own)
        if form_of(text) in {"SELECT", "ASK"}:
            document = document_mended(reading.rows(reply), known)
            kind = "boolean" if "boolean" in document else "rows"
            return Answer(cast("Any", kind), json.dumps(document, ensure_ascii=False).encode())
        found = reading.triples(reply)
        if known.most_triples and len(found) >= known.most_triples:
            raise RemoteCutError(
                f"{known.name} gives so many rows and no more ({len(found)} statements) and does not say "
                "when it leaves some out. Narrow the query, or read whole graphs: cscip pull"
            )
        return Answer("graph", ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b"")

    def _some(self, graph: str, part: str) -> list[ox.Triple]:
        """Return the triples of a graph whose subjects have a digest that begins so, in parts."""
        some = f'FILTER(STRSTARTS(MD5(STR(?s)), "{part}"))' if part else ""
        pattern = f"{{ GRAPH <{graph}> {{ ?s ?p ?o }} {some} }}"
        found = reading.rows(self._sent(f"SELECT (COUNT(*) AS ?n) WHERE {pattern}", self.budget()))
        number = int(found["results"]["bindings"][0]["n"]["value"])
        if not number:
            return []
        try:
            reply = self._sent(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {pattern}", self.budget())
            triples = list(dict.fromkeys(reading.triples(reply)))
        except RemoteCutError:
            triples = []
        if len(triples) == number:
            return triples
        # Most public stores give so many rows and no more, and not all of them say so.
        if len(part) == _MOST_PARTS:
            raise RemoteCutError(f"The store gives {len(triples)} of {number} statements of {graph}.")
        return [triple for digit in "0123456789abcdef" for triple in self._some(graph, part + digit)]

    def graph(self, iri: str) -> list[ox.Triple]:
        """Return all triples of one of the store's graphs.

        Raises:
            RemoteCutError: the store gives fewer than it says there are, however small the part asked for.
        """
        return self._some(iri, "")

    def query(
        self, text: str, *, prefixes: Mapping[str, str] | None = None, use_default_graph_as_union: bool = True
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Run a query of the project's own, as a store in this process does.

        Args:
            text: the query.
            prefixes: taken for granted: those of the project.
            use_default_graph_as_union: taken for granted too.
        """
        del prefixes, use_default_graph_as_union
        answer = self.ask(text)
        try:
            if answer.kind == "graph":
                return cast("ox.QueryTriples", ox.parse(answer.body, format=ox.RdfFormat.N_TRIPLES))
            return ox.parse_query_results(answer.body, format=ox.QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            raise RemoteFormatError(f"The store's answer is not well formed ({error}).") from error
