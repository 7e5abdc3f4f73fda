"""Triples → RDF in the forms that are asked for, and the choice of a form by the header `Accept`.

In: triples, a wish. Out: a `Reply`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from posixpath import relpath
from typing import Final

import pyoxigraph as ox
from pyoxigraph import NamedNode, Triple

from cscip_kg.exports import compacted
from cscip_kg.namespaces import PREFIXES
from cscip_kg.reply import Reply, Request, negotiated, text


@dataclass(frozen=True)
class Form:
    """One form of RDF: its media type, and how the engine calls it."""

    media: str
    rdf: ox.RdfFormat


FORMS: Final[dict[str, Form]] = {
    "ttl": Form("text/turtle", ox.RdfFormat.TURTLE),
    "jsonld": Form("application/ld+json", ox.RdfFormat.JSON_LD),
    "nt": Form("application/n-triples", ox.RdfFormat.N_TRIPLES),
    "rdf": Form("application/rdf+xml", ox.RdfFormat.RDF_XML),
}
# What clients also call them.
_ALIASES: Final = {"application/json": "jsonld"}
_PAGES: Final = ("text/html", "application/xhtml+xml")
_BY_MEDIA: Final = {form.media: ending for ending, form in FORMS.items()} | _ALIASES
PAGE: Final = "page"

DCAT: Final = "http://www.w3.org/ns/dcat#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
PROV: Final = "http://www.w3.org/ns/prov#"
SPDX: Final = "http://spdx.org/rdf/terms#"
VOID: Final = "http://rdfs.org/ns/void#"
_PREFIXES: Final = PREFIXES | {"dcat": DCAT, "foaf": FOAF, "prov": PROV, "spdx": SPDX, "void": VOID}
LICENCE: Final = NamedNode("https://creativecommons.org/licenses/by/4.0/")


def chosen(request: Request, pages: bool = True) -> str | None:
    """Return the form that serves a client best: `PAGE` or a key of `FORMS`; None when it accepts none."""
    offered = [*(_PAGES if pages else ()), *_BY_MEDIA]
    media = negotiated(request.accept, offered)
    return None if media is None else _BY_MEDIA.get(media, PAGE)


def not_acceptable(pages: bool = True) -> Reply:
    """Return the answer to a client that accepts none of the forms: 406, with the list."""
    offered = [*(_PAGES[:1] if pages else ()), *(form.media for form in FORMS.values())]
    return text(406, "Ask for one of these media types: " + ", ".join(offered) + ".", {"Vary": "Accept"})


def relative(path: str, target: str) -> str:
    """Return `target` as seen from `path`, so that it holds under any prefix; neither begins with /."""
    start = path.rpartition("/")[0]
    made = relpath("/" + target, "/" + start)
    return made + "/" if target.endswith("/") else made


def see_other(request: Request, target: str) -> Reply:
    """Return a redirect (303) from the path of the request to another path of the same site."""
    place = relative(request.path, target)
    return text(303, f"See {place}", {"Location": place, "Vary": "Accept"})


def written(triples: Iterable[Triple], ending: str) -> bytes:
    """Return triples, sorted and each once, in the form with that ending."""
    kept = sorted(dict.fromkeys(triples), key=str)
    if ending == "jsonld":
        return compacted(kept, {name: iri for name, iri in _PREFIXES.items() if name != "id"})
    prefixes = _PREFIXES if ending in ("ttl", "rdf") else None
    return ox.serialize(kept, format=FORMS[ending].rdf, prefixes=prefixes) or b""


def document(body: bytes, ending: str, place: str = "") -> Reply:
    """Return RDF as a reply.

    Args:
        body: the bytes.
        ending: a key of `FORMS`.
        place: where this form itself lies, when it was chosen by `Accept`.
    """
    media = FORMS[ending].media
    headers = {"Vary": "Accept", "Content-Location": place} if place else {}
    return Reply(200, f"{media}; charset=utf-8" if ending == "ttl" else media, body, headers)
