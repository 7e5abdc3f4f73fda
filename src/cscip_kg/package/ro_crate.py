"""The package as an RO-Crate 1.3: `ro-crate-metadata.json`.

In: what is said of the package, and its files. Out: JSON-LD, flat, as the specification wants it. It names
its context by its address, which the specification demands and nothing here fetches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from cscip_kg.described.dataset import ENGLAND, PUBLISHER
from cscip_kg.package.about import LICENCE_NAME, RIGHTS, About, Source
from cscip_kg.package.contents import TREES, Item, sums_size

FILE: Final = "ro-crate-metadata.json"
SUMS: Final = "SHA256SUMS"
_IDENTIFIER: Final = "#identifier"
_VERSION: Final = "https://w3id.org/ro/crate/1.3"

Node = dict[str, Any]


def _ref(iri: str) -> Node:
    return {"@id": iri}


def _file(item: Item) -> Node:
    return {
        "@id": item.path,
        "@type": "File",
        "name": item.path.rpartition("/")[2],
        "description": item.title,
        "encodingFormat": item.media,
        "contentSize": str(item.size),
        "sha256": item.sha256,
    }


def _folder(name: str, items: list[Item]) -> Node:
    return {
        "@id": f"{name}/",
        "@type": "Dataset",
        "name": name,
        "description": TREES[name],
        "hasPart": [_ref(item.path) for item in items],
    }


def _source(source: Source) -> Node:
    made: Node = {
        "@id": source.iri,
        "@type": "CreativeWork",
        "name": source.title,
        "identifier": source.short,
    }
    if source.issued:
        made["datePublished"] = source.issued
    # As text: these are names as printed, and nothing is known here of the people or bodies themselves.
    if source.creators:
        made["creditText"] = "; ".join(source.creators)
    if source.publishers:
        refs = [_ref(iri) for iri in source.publishers]
        made["sourceOrganization"] = refs[0] if len(refs) == 1 else refs
    return made


def _others(told: About) -> Iterator[Node]:
    yield {"@id": PUBLISHER.value, "@type": "Organization", "name": told.creator, "url": told.iri}
    yield {
        "@id": told.licence,
        "@type": "CreativeWork",
        "name": LICENCE_NAME,
        "description": RIGHTS,
        "url": told.licence,
    }
    yield {"@id": ENGLAND.value, "@type": "Place", "name": told.place}
    yield {"@id": _IDENTIFIER, "@type": "PropertyValue", "name": "w3id", "value": told.iri}
    publishers = {iri: name for source in told.sources for iri, name in source.publishers.items()}
    for iri, name in sorted(publishers.items()):
        yield {"@id": iri, "@type": "Organization", "name": name, "url": iri}
    for source in told.sources:
        yield _source(source)


def ro_crate(told: About, items: Iterable[Item]) -> dict[str, Any]:
    """Return the document.

    Args:
        told: what is said of the whole package.
        items: its files but for this one and the list of checksums, which is made after it.
    """
    kept = list(items)
    trees = {name: [item for item in kept if item.path.startswith(f"{name}/")] for name in TREES}
    single = [item for item in kept if not item.in_tree]
    whole: Node = {
        "@id": "./",
        "@type": "Dataset",
        "identifier": _ref(_IDENTIFIER),
        "name": told.title,
        "description": told.description,
        "version": told.version,
        "datePublished": told.day.isoformat(),
        "license": _ref(told.licence),
        "creator": _ref(PUBLISHER.value),
        "publisher": _ref(PUBLISHER.value),
        "keywords": list(told.keywords),
        "inLanguage": "en",
        "spatialCoverage": _ref(ENGLAND.value),
        "isBasedOn": [_ref(source.iri) for source in told.sources],
        "hasPart": [
            *(_ref(item.path) for item in single),
            _ref(SUMS),
            *(_ref(f"{name}/") for name in TREES),
        ],
    }
    sums: Node = {
        "@id": SUMS,
        "@type": "File",
        "name": SUMS,
        "description": "The sha256 of every other file, as sha256sum -c reads it",
        "encodingFormat": "text/plain",
        "contentSize": str(sums_size([*(item.path for item in kept), FILE])),
    }
    descriptor: Node = {
        "@id": FILE,
        "@type": "CreativeWork",
        "conformsTo": _ref(_VERSION),
        "about": _ref("./"),
    }
    graph = [
        descriptor,
        whole,
        *(_file(item) for item in kept),
        sums,
        *(_folder(name, found) for name, found in trees.items()),
        *_others(told),
    ]
    return {"@context": f"{_VERSION}/context", "@graph": graph}
