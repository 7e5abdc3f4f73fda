"""What every page of a build needs at hand: its store, the names of its things, where each has its page.

In: the build folder. Out: `Known`, made once for each build. A thing's page has the path of its IRI; what an
IRI with a fragment names stands on the page of the thing before it, lines of a source on a page of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Store

from cscip_kg import queries, store
from cscip_kg.engine import select
from cscip_kg.namespaces import CSCIP, DCTERMS, ID, RDFS, SKOS, TYPE, XSD, value_of
from cscip_kg.queries import StoredQuery, Table, Term
from cscip_kg.store import Build

# Lines of a source on one page.
BLOCK: Final = 200
_SHOWN: Final = 90
# The first of these that a thing has is its name, those after the gap only the words that it begins with.
_NAMES: Final = (RDFS + "label", SKOS + "prefLabel", DCTERMS + "title")
_WORDS: Final = tuple(
    CSCIP + name for name in ("reportTitle", "printedLabel", "text", "statementA", "heading", "remark")
)
_LINES = re.compile(r"L(\d+)(?:-\d+)?")
_SMALL: Final = {"dfe": "DfE"}


def words_of(slug: str) -> str:
    """Return a slug as words: `outcome-measure` is "Outcome measure"."""
    words = [_SMALL.get(word, word) for word in slug.split("-")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def shortened(text: str, length: int = _SHOWN) -> str:
    """Return the beginning of a text, cut between words."""
    if len(text) <= length:
        return text
    return text[:length].rpartition(" ")[0].rstrip(" ,;:") + " …"


def block_of(line: int) -> str:
    """Return the name of the page that a line of a source stands on: `lines-401-600`."""
    first = (line - 1) // BLOCK * BLOCK + 1
    return f"lines-{first}-{first + BLOCK - 1}"


@dataclass(frozen=True)
class Known:
    """One build as the pages see it.

    Attributes:
        folder: the build folder.
        store: its store, open for reading.
        build: what the build is.
        names: name by IRI, of things that have one.
        kinds: slugs by kind, in order.
        things: every `kind/slug`.
        parts: by the IRI of a thing, the IRIs with a fragment that belong to it; citations left out.
        called: IRI by kind and name in small letters, where only one goes by it.
    """

    folder: Path | None
    store: Store
    build: Build
    names: Mapping[str, str]
    kinds: Mapping[str, Sequence[str]]
    things: frozenset[str]
    parts: Mapping[str, Sequence[str]]
    called: Mapping[tuple[str, str], str]

    def name(self, iri: str) -> str:
        """Return what a thing is called; without a name its slug as words."""
        if found := self.names.get(iri):
            return found
        kind, _, slug = iri.removeprefix(ID).partition("/")
        if "#" in slug:
            slug, _, part = slug.partition("#")
            of = self.names.get(f"{ID}{kind}/{slug}", words_of(slug))
            source = next((one for one in self.kinds.get("source", ()) if part.startswith(one)), "")
            return f"{of}, as {source} has it" if source else f"{of}: {words_of(part)}"
        return f"{words_of(kind)}: {words_of(slug)}"

    def is_thing(self, path: str) -> bool:
        """Return whether `kind/slug` names a thing of this build."""
        return path in self.things

    def path(self, iri: str) -> str:
        """Return the path of the page that an IRI leads to; empty when there is none."""
        if iri.startswith(CSCIP):
            return f"ontology/#{iri.removeprefix(CSCIP)}"
        if not iri.startswith(ID):
            return ""
        thing, hash_, part = iri.removeprefix(ID).partition("#")
        if not self.is_thing(thing):
            return ""
        if thing.startswith("source/") and (match := _LINES.fullmatch(part)):
            return f"{thing}/{block_of(int(match[1]))}/#{part}"
        return f"{thing}/{hash_}{part}"

    def rows(self, query: StoredQuery, values: Mapping[str, str]) -> Table:
        """Return the rows of a stored query for parameters that are known to be right."""
        bound = {p.variable: _terms(p, values[p.name]) for p in query.parameters if p.name in values}
        result = select(self.store, queries.fill(query.text, bound))
        if isinstance(first := getattr(result, "variables", None), list):
            return Table(tuple(v.value for v in first), [tuple(row) for row in result])
        return Table(query.columns, [(t.subject, t.predicate, t.object) for t in result])


def _terms(parameter: queries.Parameter, value: str) -> list[Term]:
    if parameter.kind == "string":
        return [Literal(value)]
    if parameter.kind == "integer":
        return [Literal(value, datatype=NamedNode(XSD + "integer"))]
    start = ID if parameter.kind == "thing" else f"{ID}{parameter.kind}/"
    parts = value.split(",") if parameter.many else [value]
    return [NamedNode(start + part.strip().removeprefix(start)) for part in parts]


def _named(opened: Store, properties: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in properties:
        for quad in opened.quads_for_pattern(None, NamedNode(name), None, None):
            found.setdefault(value_of(quad.subject), value_of(quad.object))
    return found


@lru_cache(maxsize=2)
def _known(build: Path) -> Known:
    folder = build.parent.parent
    opened = store.open_store(folder)
    kinds: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    for quad in opened.quads_for_pattern(None, TYPE, None, None):
        iri = value_of(quad.subject)
        thing, hash_, part = iri.partition("#")
        if not iri.startswith(ID):
            continue
        if not hash_:
            kind, _, slug = thing.removeprefix(ID).partition("/")
            kinds.setdefault(kind, set()).add(slug)
        elif not (thing.startswith(f"{ID}source/") and _LINES.fullmatch(part)):
            parts.setdefault(thing, set()).add(iri)
    names = _named(opened, _NAMES)
    words = {iri: shortened(text) for iri, text in _named(opened, _WORDS).items()}
    called: dict[tuple[str, str], str] = {}
    twice: set[tuple[str, str]] = set()
    for iri, name in names.items():
        if iri.startswith(ID) and "#" not in iri:
            key = (iri.removeprefix(ID).partition("/")[0], name.casefold())
            if key in called:
                twice.add(key)
            called[key] = iri
    return Known(
        folder=folder,
        store=opened,
        build=store.describe(folder),
        names=words | names,
        kinds={kind: sorted(slugs) for kind, slugs in sorted(kinds.items())},
        things=frozenset(f"{kind}/{slug}" for kind, slugs in kinds.items() for slug in slugs),
        parts={thing: sorted(iris) for thing, iris in parts.items()},
        called={key: iri for key, iri in called.items() if key not in twice},
    )


def known(folder: Path | None = None) -> Known:
    """Return what is known of the current build.

    Raises:
        NoStoreError: nothing has been built.
    """
    return _known(store.current(folder))
