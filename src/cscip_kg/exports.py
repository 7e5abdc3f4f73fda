"""The built graph → Turtle, TriG, N-Quads, JSON-LD, RDF/XML and CSV tables.

In: the quads of a build. Out: bytes, the same for the same records, and files that appear whole or not at
all. One-graph formats hold what is asserted (data and vocabularies); TriG and N-Quads hold every named graph,
the ontology and the inferred graph included. Which formats there are, `formats` says.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

import pyoxigraph as ox
from pyoxigraph import Quad, Store, Triple

from cscip_kg.context import load_context
from cscip_kg.engine import Queryable, select
from cscip_kg.errors import ExportError
from cscip_kg.graph import canonical
from cscip_kg.namespaces import DATA_GRAPH, PREFIXES, TYPE, VOCABULARY_GRAPH
from cscip_kg.queries import StoredQuery, Table, catalogue, cell_value

TABLE_TOPIC: Final = "tables"


def _asserted(quads: Iterable[Quad]) -> list[Triple]:
    kept = (q for q in quads if q.graph_name in (DATA_GRAPH, VOCABULARY_GRAPH))
    return sorted(dict.fromkeys(Triple(q.subject, q.predicate, q.object) for q in kept), key=str)


def turtle(quads: Iterable[Quad]) -> bytes:
    """Return the asserted statements as Turtle."""
    return ox.serialize(_asserted(quads), format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b""


def rdf_xml(quads: Iterable[Quad]) -> bytes:
    """Return the asserted statements as RDF/XML."""
    return ox.serialize(_asserted(quads), format=ox.RdfFormat.RDF_XML, prefixes=PREFIXES) or b""


def trig(quads: Iterable[Quad]) -> bytes:
    """Return all named graphs as TriG."""
    return ox.serialize(canonical(quads), format=ox.RdfFormat.TRIG, prefixes=PREFIXES) or b""


def nquads(quads: Iterable[Quad]) -> bytes:
    """Return all named graphs as N-Quads, one statement a line, sorted."""
    return ox.serialize(canonical(quads), format=ox.RdfFormat.N_QUADS) or b""


def compacted(triples: Iterable[Triple], more: Mapping[str, str] | None = None) -> bytes:
    """Return triples as JSON-LD, compacted with the records' own context.

    The context stands in the file: a reader fetches nothing.

    Args:
        triples: the statements.
        more: prefixes beside those of the context.
    """
    from pyld import jsonld  # noqa: PLC0415 - slow to import, needed here only

    # PyLD's own from_rdf compares every triple with every other: half a minute against a second.
    expanded = json.loads(ox.serialize(triples, format=ox.RdfFormat.JSON_LD) or b"[]")
    for node in expanded:
        if types := node.pop(TYPE.value, None):
            node["@type"] = [kind["@id"] for kind in types]
    own = load_context().document["@context"]
    added = {name: iri for name, iri in (more or {}).items() if name not in own}
    document: dict[str, Any] = jsonld.compact(expanded, {"@context": own | added}, {"graph": True})
    document["@graph"].sort(key=lambda node: node["id"])
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def json_ld(quads: Iterable[Quad]) -> bytes:
    """Return the asserted statements as JSON-LD; see `compacted`."""
    return compacted(_asserted(quads))


def _place(part: str) -> tuple[float, str]:
    """Return the sort key of a line number, a run of lines or a figure: its first number."""
    number = re.search(r"\d[\d,]*(?:\.\d+)?", part)
    return (float(number[0].replace(",", "")) if number else 0.0), part


def _series(text: str) -> str:
    return ";".join(sorted(dict.fromkeys(p for p in text.split(";") if p), key=_place))


def arranged(row: dict[str, str], query: StoredQuery) -> dict[str, str]:
    """Return the row with the parts of its joined cells in a fixed order, as the query's header asks."""
    made = dict(row)
    for column in query.lists:
        made[column] = "|".join(sorted(dict.fromkeys(p for p in made[column].split("|") if p)))
    for column in query.series:
        made[column] = "|".join(_series(part) for part in made[column].split("|"))
    for group in query.together:
        parts = sorted(zip(*(made[column].split("|") for column in group), strict=True))
        for position, column in enumerate(group):
            made[column] = "|".join(part[position] for part in parts)
    return made


def rows_of(store: Queryable, query: StoredQuery) -> Table:
    """Run a stored query without parameters on an open store."""
    result = select(store, query.text)
    return Table(tuple(v.value for v in result.variables), [tuple(row) for row in result])


def table_queries() -> list[StoredQuery]:
    """Return the stored queries that are exported as tables, in the order of their names."""
    return [query for query in catalogue().values() if query.topic == TABLE_TOPIC]


def table_rows(store: Store, query: StoredQuery) -> list[list[str]]:
    """Return the rows of an exported table as text, in the order of its columns, sorted."""
    table = rows_of(store, query)
    rows = []
    for cells in table.rows:
        texts = map(cell_value, cells)
        row = arranged(dict(zip(table.columns, texts, strict=True)), query)
        rows.append([row[column] for column in query.columns])
    return sorted(rows)


def _csv(rows: list[list[str]], query: StoredQuery) -> bytes:
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(query.columns)
    writer.writerows(rows)
    return sink.getvalue().encode("utf-8")


def tables(quads: Iterable[Quad]) -> dict[str, bytes]:
    """Return each CSV table by file name: RFC 4180, UTF-8, header row; `|` joins several values."""
    store = in_memory(quads)
    return {f"{q.name.replace('-', '_')}.csv": _csv(table_rows(store, q), q) for q in table_queries()}


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it in, so that readers never see a part of it.

    Raises:
        ExportError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as aside:
            temporary = Path(aside.name)
            try:
                aside.write(content)
                aside.flush()
                temporary.chmod(0o644)
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise ExportError(f"Cannot write {path}: {error.strerror}. Choose another place with -o.") from error


def in_memory(quads: Iterable[Quad]) -> Store:
    """Return a store that holds the quads in memory."""
    store = Store()
    store.bulk_extend(quads)
    return store


def graph_of(store: Store) -> list[Quad]:
    """Return all quads of a store."""
    return list(store.quads_for_pattern(None, None, None, None))
