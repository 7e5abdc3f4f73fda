"""The graph for people who write Python: open it, ask it, walk over what it holds.

In: a built graph. Out: `Result` (rows, also as data frames), `Intervention`, `Finding`. Nothing is kept open
between two calls: each answers from the build that is current when it is made.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from cscip_kg import queries, store
from cscip_kg.api.result import Result
from cscip_kg.api.things import Finding, Intervention, Reader, Summary, Values
from cscip_kg.exports import graph_of
from cscip_kg.namespaces import PREFIXES
from cscip_kg.output import CAUTION
from cscip_kg.queries import Table

if TYPE_CHECKING:
    from rdflib import Dataset

__all__ = ["Finding", "Graph", "Intervention", "Result", "Summary", "Values", "open_graph"]

_KINDS = {"intervention": "intervention", "outcome": "dfe-outcome", "measure": "outcome-measure"}


def _named(parameter: str, value: str, folder: Path | None) -> NamedNode:
    return queries.named(_KINDS[parameter], value, folder)


def _parameter_name(given: str, query: queries.StoredQuery) -> str:
    """Return the query's own spelling: Python allows no hyphen in a name, and no `from`."""
    own = {p.name.replace("-", "_"): p.name for p in query.parameters}
    return own.get(given.replace("-", "_").rstrip("_"), given)


class Graph:
    """The built graph.

    Attributes:
        folder: the folder of builds that it reads; None is the project's own.
        caution: what to bear in mind wherever effects are shown.
    """

    caution = CAUTION

    def __init__(self, folder: Path | None) -> None:
        """Keep the folder; `open_graph` is the way in, which sees that a graph is there."""
        self.folder = folder

    def __repr__(self) -> str:
        """Say which build it is and how much it holds."""
        build = self.build
        return f"Graph(build {build.id}, version {build.version}, {sum(build.graphs.values()):,} statements)"

    @property
    def build(self) -> store.Build:
        """The current build: its id (a digest of all statements), version and statements per graph."""
        return store.describe(self.folder)

    def query(self, name: str, /, **parameters: str | int) -> Result:
        """Run a stored query.

        Args:
            name: the query's name, for instance `"what-reduced"`; `queries()` lists them.
            parameters: values as slug, name or IRI. A hyphen in a parameter's name is written as an
                underscore, and one that is a word of Python takes an underscore at its end: `from_=5`.

        Raises:
            UnknownNameError: the query, a parameter or a value is not known; the message lists what is.
        """
        query = queries.find(name)
        values = {_parameter_name(key, query): str(value) for key, value in parameters.items()}
        return Result(queries.table_of(queries.run(query.name, values, folder=self.folder)))

    def sparql(self, text: str, *, seconds: float = 10.0) -> Result:
        """Run SPARQL: SELECT, ASK, CONSTRUCT or DESCRIBE; the project's prefixes are known.

        Raises:
            QueryError: the query is refused or malformed.
            LimitError: it takes longer than `seconds`, or its result is too large.
        """
        return Result(queries.table_of(store.ask(text, store.Limits(seconds=seconds), self.folder)))

    def queries(self) -> Result:
        """Return the stored queries: name, topic, question, and parameters (optional ones with a `?`)."""
        rows = [
            tuple(
                Literal(text)
                for text in (
                    query.name,
                    query.topic,
                    query.summary,
                    ", ".join(f"{p.name}{'' if p.required else '?'}" for p in query.parameters),
                )
            )
            for query in queries.catalogue().values()
        ]
        return Result(Table(("name", "topic", "question", "parameters"), list(rows)))

    def intervention(self, name: str) -> Intervention:
        """Return the intervention that goes by a slug, an IRI or any of its names.

        Raises:
            UnknownNameError: none does; the message names the nearest.
        """
        return Reader(self.folder).intervention(_named("intervention", name, self.folder))

    def interventions(self) -> tuple[Intervention, ...]:
        """Return all interventions, in the order of their names."""
        return Reader(self.folder).interventions()

    def findings(
        self, intervention: str | None = None, outcome: str | None = None, measure: str | None = None
    ) -> Iterator[Finding]:
        """Yield the findings, those about money included, in the order of their IRIs.

        Args:
            intervention: only those about it, by slug, name or IRI.
            outcome: only those on one of the seven outcomes, by slug, name or IRI.
            measure: only those about one measure, by slug, name or IRI.

        Raises:
            UnknownNameError: a value is not known; the message names the nearest.
        """
        given = {"intervention": intervention, "outcome": outcome, "measure": measure}
        wanted = {key: _named(key, value, self.folder) for key, value in given.items() if value is not None}
        return Reader(self.folder).findings(**wanted)

    def rdflib(self) -> Dataset:
        """Return a copy of the graph in rdflib, all named graphs together as the default one.

        It takes some seconds, and changes to it stay in it. rdflib may write a number in its own way.
        """
        from rdflib import Dataset  # noqa: PLC0415 - slow to import, needed here only

        # Terms that are handed over one by one carry xsd:string, which rdflib holds unequal to none.
        data = ox.serialize(graph_of(store.open_store(self.folder)), format=ox.RdfFormat.N_QUADS) or b""
        dataset = Dataset(default_union=True)
        for prefix, namespace in PREFIXES.items():
            dataset.bind(prefix, namespace)
        with warnings.catch_warnings():
            # rdflib's own parser uses what rdflib deprecates.
            message = r"(Dataset\.default_context|ConjunctiveGraph) is deprecated"
            warnings.filterwarnings("ignore", message, DeprecationWarning)
            dataset.parse(data=data, format="nquads")
        return dataset


def open_graph(folder: str | Path | None = None) -> Graph:
    """Open the built graph.

    Args:
        folder: the folder of builds; by default `$CSCIP_BUILD_DIR`, else the project's own.

    Raises:
        NoStoreError: nothing has been built there, or it cannot be read; the message says what to run.
    """
    place = None if folder is None else Path(folder)
    store.open_store(place)
    return Graph(place)
