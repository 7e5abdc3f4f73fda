"""The dataset as catalogues know it: DCAT 3 after DCAT-AP, and schema.org.

In: a build folder and the address under which it is served. Out: triples, and a JSON-LD object for pages.
Each file of each export format is a distribution with its size and sha256; the endpoint and the API are
services.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from cscip_kg.described import downloads
from cscip_kg.described.opened import made_at, opened, version_of
from cscip_kg.described.things import DATASET
from cscip_kg.described.writing import DCAT, FOAF, LICENCE, SPDX
from cscip_kg.namespaces import BASE, DCTERMS, ID, RDFS, SKOS, TYPE, XSD, term
from cscip_kg.output import CAUTION

CATALOGUE: Final = NamedNode(BASE + "dcat#catalogue")
PUBLISHER: Final = NamedNode(BASE + "dcat#publisher")
SPARQL: Final = NamedNode(BASE + "dcat#sparql")
API: Final = NamedNode(BASE + "dcat#api")
ENGLAND: Final = NamedNode(ID + "area/england")
TITLE: Final = "Children's Social Care Innovation Programme evidence graph"
ABOUT: Final = (
    "What five published documents say of the interventions of the Children's Social Care Innovation "
    "Programme in England: what was tried, where, by whom it was studied, what was found and what it cost, "
    f"as RDF and as tables. Each statement names the lines of its source; nothing is ranked. {CAUTION}"
)
CREATORS: Final = "The cscip-kg contributors"
KEYWORDS: Final = ("children's social care", "evidence", "knowledge graph", "RDF", "SPARQL", "England")
_EU: Final = "http://publications.europa.eu/resource/authority/"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_ENGLAND_ELSEWHERE: Final = NamedNode("http://statistics.data.gov.uk/id/statistical-geography/E92000001")
_ORIGIN: Final = re.compile(
    r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:/[A-Za-z0-9._~/-]*)?"
)

Value = NamedNode | Literal


def is_address(origin: str) -> bool:
    """Return whether a text can begin an address: what clients send as their host may be anything."""
    return _ORIGIN.fullmatch(origin) is not None


def address(origin: str, path: str) -> str:
    """Return the whole address of a path: under `origin` where that can be, else the lasting one."""
    start = origin if is_address(origin) else BASE
    return f"{start.rstrip('/')}/{path}"


def say(subject: NamedNode, kind: str, *facts: tuple[str, Value]) -> Iterator[Triple]:
    """Yield what a node is, and each fact of it as a triple."""
    yield Triple(subject, TYPE, NamedNode(kind))
    for predicate, value in facts:
        yield Triple(subject, NamedNode(predicate), value)


def english(text: str) -> Literal:
    """Return a text of ours."""
    return Literal(text, language="en")


def _typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))


def published(folder: Path | None) -> Literal:
    """Return when the build was published, as xsd:dateTime."""
    return _typed(made_at(folder).strftime("%Y-%m-%dT%H:%M:%SZ"), "dateTime")


def _common(folder: Path | None) -> list[tuple[str, Value]]:
    return [
        (DCTERMS + "publisher", PUBLISHER),
        (DCTERMS + "license", LICENCE),
        (DCTERMS + "language", NamedNode(_EU + "language/ENG")),
        (DCTERMS + "issued", published(folder)),
        (DCTERMS + "modified", published(folder)),
    ]


def _catalogue(folder: Path | None, origin: str) -> Iterator[Triple]:
    home = NamedNode(address(origin, ""))
    yield from say(
        CATALOGUE,
        DCAT + "Catalog",
        (DCTERMS + "title", english("Catalogue of cscip-kg")),
        (DCTERMS + "description", english("The evidence graph of cscip-kg, its files and its services.")),
        (FOAF + "homepage", home),
        (DCTERMS + "spatial", ENGLAND),
        (DCAT + "dataset", DATASET),
        (DCAT + "service", SPARQL),
        (DCAT + "service", API),
        *_common(folder),
    )
    yield from say(PUBLISHER, FOAF + "Agent", (FOAF + "name", Literal(CREATORS)))
    yield from say(LICENCE, DCTERMS + "LicenseDocument", (RDFS + "label", Literal("CC BY 4.0")))
    yield from say(
        ENGLAND,
        DCTERMS + "Location",
        (RDFS + "label", english("England")),
        (SKOS + "exactMatch", _ENGLAND_ELSEWHERE),
    )


def _dataset(folder: Path | None, origin: str) -> Iterator[Triple]:
    sources = opened(folder).quads_for_pattern(None, TYPE, term("Source"), None)
    yield from say(
        DATASET,
        DCAT + "Dataset",
        (DCTERMS + "title", english(TITLE)),
        (DCTERMS + "description", english(ABOUT)),
        (DCTERMS + "identifier", Literal(DATASET.value)),
        (DCAT + "version", Literal(version_of(folder))),
        (DCAT + "landingPage", NamedNode(address(origin, ""))),
        (DCTERMS + "spatial", ENGLAND),
        (DCTERMS + "accessRights", NamedNode(_EU + "access-right/PUBLIC")),
        (DCTERMS + "conformsTo", NamedNode(BASE + "ontology")),
        (DCTERMS + "creator", PUBLISHER),
        (DCAT + "theme", NamedNode(_EU + "data-theme/SOCI")),
        *((DCAT + "keyword", english(word)) for word in KEYWORDS),
        *((DCTERMS + "source", q.subject) for q in sources if isinstance(q.subject, NamedNode)),
        *_common(folder),
    )


def _distribution(made: downloads.Made, folder: Path | None, origin: str) -> Iterator[Triple]:
    one = made.download
    node = NamedNode(f"{BASE}dcat#{one.name}")
    checksum = NamedNode(f"{BASE}dcat#{one.name}-sha256")
    place = NamedNode(address(origin, f"downloads/{one.name}"))
    yield Triple(DATASET, NamedNode(DCAT + "distribution"), node)
    yield from say(
        node,
        DCAT + "Distribution",
        (DCTERMS + "title", english(one.title)),
        (DCAT + "accessURL", place),
        (DCAT + "downloadURL", place),
        (DCAT + "mediaType", NamedNode(_MEDIA + one.media)),
        (DCTERMS + "format", NamedNode(f"{_EU}file-type/{one.file_type}")),
        (DCAT + "byteSize", _typed(str(made.size), "nonNegativeInteger")),
        (SPDX + "checksum", checksum),
        (DCTERMS + "license", LICENCE),
        (DCTERMS + "language", NamedNode(_EU + "language/ENG")),
        (DCTERMS + "issued", published(folder)),
        (DCTERMS + "modified", published(folder)),
    )
    yield from say(
        checksum,
        SPDX + "Checksum",
        (SPDX + "algorithm", NamedNode(SPDX + "checksumAlgorithm_sha256")),
        (SPDX + "checksumValue", _typed(made.sha256, "hexBinary")),
    )


# A service: node, title, description, path of the endpoint, path of its description, what it conforms to.
_SERVICES: Final = (
    (
        SPARQL,
        "SPARQL endpoint",
        "SPARQL 1.1 over the graph, read-only.",
        "sparql",
        "sparql",
        "https://www.w3.org/TR/sparql11-protocol/",
    ),
    (
        API,
        "The stored queries over HTTP",
        "Each stored query by its name and parameters: JSON, CSV or Turtle.",
        "api/queries",
        "api/openapi.json",
        "https://spec.openapis.org/oas/v3.1.0",
    ),
)


def _services(origin: str) -> Iterator[Triple]:
    for node, title, about, endpoint, description, standard in _SERVICES:
        yield from say(
            node,
            DCAT + "DataService",
            (DCTERMS + "title", english(title)),
            (DCTERMS + "description", english(about)),
            (DCAT + "endpointURL", NamedNode(address(origin, endpoint))),
            (DCAT + "endpointDescription", NamedNode(address(origin, description))),
            (DCTERMS + "conformsTo", NamedNode(standard)),
            (DCAT + "servesDataset", DATASET),
            (DCTERMS + "publisher", PUBLISHER),
            (DCTERMS + "license", LICENCE),
        )


def dcat(folder: Path | None = None, origin: str = "") -> list[Triple]:
    """Return the catalogue, the dataset, its distributions and its services as DCAT.

    Args:
        folder: the build folder.
        origin: where it is served; without one, addresses are the lasting ones.

    Raises:
        NoStoreError: nothing has been built.
        OSError: files of the downloads are still to be made and the build folder cannot be written.
    """
    return [
        *_catalogue(folder, origin),
        *_dataset(folder, origin),
        *(t for made in downloads.files(folder) for t in _distribution(made, folder, origin)),
        *_services(origin),
    ]


def schema_org(folder: Path | None = None, origin: str = "") -> dict[str, Any]:
    """Return the dataset as a schema.org object, for search engines that read pages.

    It makes no files: sizes and digests are in the DCAT.

    Args:
        folder: the build folder.
        origin: where it is served; without one, addresses are the lasting ones.

    Raises:
        NoStoreError: nothing has been built.
    """
    made = made_at(folder).date().isoformat()
    maker = {"@type": "Organization", "name": CREATORS}
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": DATASET.value,
        "name": TITLE,
        "description": ABOUT,
        "url": address(origin, ""),
        "identifier": DATASET.value,
        "version": version_of(folder),
        "license": LICENCE.value,
        "isAccessibleForFree": True,
        "inLanguage": "en",
        "keywords": list(KEYWORDS),
        "creator": maker,
        "publisher": maker,
        "datePublished": made,
        "dateModified": made,
        "spatialCoverage": {"@type": "Place", "name": "England"},
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": CATALOGUE.value,
            "name": "Catalogue of cscip-kg",
        },
        "distribution": [
            {
                "@type": "DataDownload",
                "name": one.title,
                "encodingFormat": one.media,
                "contentUrl": address(origin, f"downloads/{one.name}"),
            }
            for one in downloads.offered()
        ],
    }
