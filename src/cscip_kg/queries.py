"""Finds, describes, binds (never splices) and runs the stored queries.

In: `queries/<topic>/<name>.rq`, each valid SPARQL as it stands, with a header in the style of grlc
(`#+ summary: …`). Out: `StoredQuery` and `Table`. A parameter is a variable that begins with an underscore
and has a block `VALUES ?_name_iri { UNDEF }`: left out, it matches anything; given, the block holds the
one term, written by the RDF library from a checked value. The same text runs on every SPARQL engine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml
from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz

from cscip_kg.assets import queries_dir
from cscip_kg.engine import holds, select
from cscip_kg.errors import QueryError, UnknownNameError
from cscip_kg.namespaces import ID, XSD, value_of
from cscip_kg.store import Answer, Elsewhere, Limits, Source, ask, current, opened

_VARIABLE = re.compile(r"\?_([a-z_]+?)(_iri|_integer)?\b")
_OPEN = re.compile(r"VALUES\s+\?(_[a-z_]+)\s*\{\s*UNDEF\s*\}")
_THING = re.compile(r"[a-z0-9-]+/[a-z0-9-]+(?:#[A-Za-z0-9-]+)?")
_ALLOWED_SHOWN = 40
# Likeness of names, of 100; what is less alike is no slip of the pen.
_NEAR = 68
_NEAREST = 5


@dataclass(frozen=True)
class Parameter:
    """One parameter of a stored query.

    Attributes:
        name: as given on the command line.
        variable: the SPARQL variable that it binds, without the question mark.
        kind: the kind of thing whose IRI is wanted (`dfe-outcome`, `intervention`, …), `thing` for one of
            any kind (`evaluation/pause`), or `string` or `integer`.
        summary: what it chooses, in one phrase.
        required: whether the query has no useful answer without it.
        example: a value that gives an answer.
        many: whether it takes several values, with a comma between them.
        needs: the parameter without which it means nothing; empty when it stands alone.
    """

    name: str
    variable: str
    kind: str
    summary: str
    required: bool
    example: str
    many: bool = False
    needs: str = ""


@dataclass(frozen=True)
class StoredQuery:
    """One stored query with what its header says of it.

    Attributes:
        name: the file's name without its ending.
        topic: the folder that it lies in.
        text: the whole file.
        summary: the question, in one line.
        description: what the answer holds and how to read it.
        tags: words to find it by.
        asks: how people put this question; a parameter stands in braces.
        parameters: what can be chosen.
        columns: the columns of the answer, in order.
        lists: columns whose cells join several values by `|`.
        series: columns whose cells join line numbers or figures by `;`.
        together: groups of columns; the `|` lists of one group run in parallel.
    """

    name: str
    topic: str
    text: str
    summary: str
    description: str
    tags: tuple[str, ...]
    asks: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    lists: tuple[str, ...]
    series: tuple[str, ...]
    together: tuple[tuple[str, ...], ...]


Term = NamedNode | Literal
Cell = NamedNode | Literal | ox.BlankNode | ox.Triple | None


@dataclass(frozen=True)
class Table:
    """Rows of an answer; a cell is a term, or None where the query leaves it open."""

    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def cell_value(cell: Cell) -> str:
    """Return the plain text of a cell, IRIs whole; an open cell is empty."""
    return "" if cell is None else value_of(cell)


def _parameters(header: Mapping[str, Any], text: str, path: Path) -> tuple[Parameter, ...]:
    variables = {m[1]: m[0][1:] for m in _VARIABLE.finditer(text)}
    described = header.get("params", {})
    if set(variables) != set(described):
        odd = ", ".join(sorted(set(variables) ^ set(described)))
        raise QueryError(f"{path}: header and query disagree about these parameters: {odd}.")
    if unfilled := set(variables.values()) - set(_OPEN.findall(text)):
        raise QueryError(f"{path}: no block VALUES ?{min(unfilled)} {{ UNDEF }} stands in the query.")
    return tuple(
        Parameter(
            name=name,
            variable=variables[name],
            kind=spec["kind"],
            summary=spec["summary"],
            required=bool(spec.get("required", False)),
            example=str(spec["example"]),
            many=bool(spec.get("many", False)),
            needs=str(spec.get("with", "")),
        )
        for name, spec in described.items()
    )


def read_query(path: Path) -> StoredQuery:
    """Read one stored query.

    Raises:
        QueryError: the header is missing or says something else than the query.
    """
    text = path.read_text(encoding="utf-8")
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        header = yaml.safe_load("\n".join(lines)) or {}
        return StoredQuery(
            name=path.stem,
            topic=path.parent.name,
            text=text,
            summary=header["summary"],
            description=header.get("description", "").strip(),
            tags=tuple(header["tags"]),
            asks=tuple(header.get("asks", ())),
            parameters=_parameters(header, re.sub(r"(?m)^#.*$", "", text), path),
            columns=tuple(header["columns"]),
            lists=tuple(header.get("lists", ())),
            series=tuple(header.get("series", ())),
            together=tuple(tuple(group) for group in header.get("together", ())),
        )
    except (KeyError, yaml.YAMLError, AttributeError) as error:
        raise QueryError(f"{path}: the header lacks or mangles {error}.") from error


@cache
def catalogue(folder: Path | None = None) -> dict[str, StoredQuery]:
    """Return all stored queries by name, in the order of topic and name."""
    found = [read_query(path) for path in sorted((folder or queries_dir()).glob("*/*.rq"))]
    return {query.name: query for query in found}


def find(name: str) -> StoredQuery:
    """Return the stored query called `name` (with or without its topic).

    Raises:
        UnknownNameError: there is none; the message names the nearest.
    """
    queries = catalogue()
    wanted = name.rpartition("/")[2]
    if wanted in queries:
        return queries[wanted]
    near = get_close_matches(wanted, queries, 3, 0.4)
    hint = f"Did you mean {', '.join(near)}?" if near else "Run `cscip query` for the catalogue."
    raise UnknownNameError(f"There is no stored query called {name!r}. {hint}")


def fill(text: str, bindings: Mapping[str, Term | Sequence[Term]]) -> str:
    """Return the query with each bound variable's block `VALUES ?x { UNDEF }` holding its term or terms."""

    def block(match: re.Match[str]) -> str:
        if (bound := bindings.get(match[1])) is None:
            return match[0]
        terms = [bound] if isinstance(bound, NamedNode | Literal) else bound
        return f"VALUES ?{match[1]} {{ {' '.join(map(str, terms))} }}"

    return _OPEN.sub(block, text)


_NAMES = """SELECT ?thing ?name WHERE {
  VALUES ?_start { UNDEF }
  ?thing a ?type .
  FILTER(STRSTARTS(STR(?thing), ?_start) && !CONTAINS(STR(?thing), "#"))
  OPTIONAL { ?thing rdfs:label|skos:prefLabel|skos:altLabel|(cscip:hasAccount/cscip:printedName) ?name }
} ORDER BY ?thing ?name"""


def allowed_values(kind: str, folder: Source = None) -> Mapping[str, tuple[str, ...]]:
    """Return the values that a parameter of `kind` takes: slug → names, read from the graph."""
    return _allowed(kind, current(folder) if folder is None or isinstance(folder, Path) else folder)


@cache
def _allowed(kind: str, place: Path | Elsewhere) -> Mapping[str, tuple[str, ...]]:
    start = f"{ID}{kind}/"
    found: dict[str, list[str]] = {}
    store = opened(place.parent.parent if isinstance(place, Path) else place)
    for row in select(store, fill(_NAMES, {"_start": Literal(start)})):
        names = found.setdefault(value_of(row["thing"]).removeprefix(start), [])
        if row["name"] is not None and value_of(row["name"]) not in names:
            names.append(value_of(row["name"]))
    return {slug: tuple(names) for slug, names in found.items()}


def _is_described(thing: NamedNode, folder: Source) -> bool:
    return holds(opened(folder), f"ASK {{ {thing} a ?type }}")


def _nearest(wanted: str, allowed: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the few slugs that are nearest to what was wanted, by themselves or by one of their names."""
    asked = wanted.casefold().replace("-", " ")

    def likeness(name: str) -> float:
        return max(fuzz.ratio(asked, name), fuzz.token_set_ratio(asked, name))

    scores = {
        slug: max(likeness(name.casefold().replace("-", " ")) for name in (slug, *names))
        for slug, names in allowed.items()
    }
    near = (slug for slug, score in scores.items() if score >= _NEAR)
    return sorted(near, key=lambda slug: (-scores[slug], len(slug)))[:_NEAREST]


def _bind_thing(parameter: Parameter, value: str, folder: Source) -> NamedNode:
    path = value.removeprefix(ID)
    if _THING.fullmatch(path) and _is_described(NamedNode(ID + path), folder):
        return NamedNode(ID + path)
    kind, _, slug = path.partition("/")
    near = _nearest(slug, allowed_values(kind, folder)) if _THING.fullmatch(path) else []
    hint = f"Allowed: kind/slug of a described thing, for example {parameter.example}."
    if near:
        hint = f"Did you mean {', '.join(f'{kind}/{name}' for name in near)}?"
    raise UnknownNameError(f"{value!r} is not a value of {parameter.name} (thing). {hint}")


def _bind_one(parameter: Parameter, value: str, folder: Source) -> NamedNode | Literal:
    if parameter.kind == "string":
        return Literal(value)
    if parameter.kind == "integer":
        if not re.fullmatch(r"-?[0-9]+", value):
            raise UnknownNameError(f"{parameter.name} takes a whole number, not {value!r}.")
        return Literal(value, datatype=NamedNode(XSD + "integer"))
    if parameter.kind == "thing":
        return _bind_thing(parameter, value, folder)
    slug = value.removeprefix(ID).removeprefix(f"{parameter.kind}/")
    if re.fullmatch(r"[a-z0-9-]+", slug):
        thing = NamedNode(f"{ID}{parameter.kind}/{slug}")
        if _is_described(thing, folder):
            return thing
    allowed = allowed_values(parameter.kind, folder)
    by_name = {name.casefold(): s for s, names in allowed.items() for name in names}
    if value.casefold() in by_name:
        return NamedNode(f"{ID}{parameter.kind}/{by_name[value.casefold()]}")
    if near := _nearest(slug, allowed):
        hint = f"Did you mean: {', '.join(near)}."
    elif len(allowed) <= _ALLOWED_SHOWN:
        hint = f"Allowed: {', '.join(allowed)}."
    else:
        hint = (
            f"None of the {len(allowed)} has such a name. Allowed is, for example, {parameter.example}; "
            "`cscip search` finds others by words."
        )
    raise UnknownNameError(f"{value!r} is not a value of {parameter.name} ({parameter.kind}). {hint}")


def bind(
    query: StoredQuery, values: Mapping[str, str], folder: Source = None
) -> dict[str, Term | list[Term]]:
    """Turn parameter values into terms for the query's variables.

    Args:
        query: the stored query.
        values: what the user gave: a slug, an IRI or a name for a thing; text or digits otherwise.
        folder: the build folder, or store elsewhere, that names are looked up in.

    Raises:
        UnknownNameError: a parameter or value is not known, or a required one is missing; the message
            lists what is allowed.
    """
    known = {p.name: p for p in query.parameters}
    for name in values:
        if name not in known:
            allowed = ", ".join(known) or "none"
            raise UnknownNameError(f"{query.name} has no parameter {name!r}. Its parameters: {allowed}.")
    for p in query.parameters:
        if p.required and p.name not in values:
            raise UnknownNameError(
                f"{query.name} needs {p.name}: {p.summary}. For example --param {p.name}={p.example}"
            )
    return {known[n].variable: _bind_value(known[n], v, folder) for n, v in values.items()}


def _bind_value(parameter: Parameter, value: str, folder: Source) -> Term | list[Term]:
    if parameter.many:
        return [_bind_one(parameter, part.strip(), folder) for part in value.split(",")]
    return _bind_one(parameter, value, folder)


def named(kind: str, name: str, folder: Source = None) -> NamedNode:
    """Return the thing of a kind that goes by `name`: a slug, an IRI or any of its names.

    Raises:
        UnknownNameError: there is none; the message lists the nearest.
    """
    return NamedNode(_bind_one(Parameter(kind, "", kind, kind, True, ""), name, folder).value)


def table_of(answer: Answer) -> Table:
    """Return the rows of an answer of the kind `rows` or `boolean`."""
    if answer.kind == "graph":
        triples = ox.parse(answer.body, format=ox.RdfFormat.N_TRIPLES)
        return Table(
            ("subject", "predicate", "object"), [(t.subject, t.predicate, t.object) for t in triples]
        )
    result = ox.parse_query_results(answer.body, format=ox.QueryResultsFormat.JSON)
    if isinstance(result, ox.QueryBoolean):
        return Table(("answer",), [(Literal(bool(result)),)])
    return Table(tuple(v.value for v in result.variables), [tuple(row) for row in result])


def run(
    name: str,
    values: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    folder: Source = None,
) -> Answer:
    """Run a stored query by name within limits; see `bind` for `values` and `store.ask` for errors."""
    query = find(name)
    text = fill(query.text, bind(query, values or {}, folder))
    if folder is None or isinstance(folder, Path):
        return ask(text, limits, folder)
    return folder.ask(text, limits)
