"""The package as DataCite knows data (schema 4.5): `datacite.json`, for who registers a DOI.

In: what is said of the package, and its files. Out: a document without a DOI: that is given by the repository
in which somebody deposits the package. The sources stand as related items, as they have no identifiers of
that kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from cscip_kg.package.about import LICENCE_NAME, LICENCE_SPDX, RIGHTS, About, Source, year_of
from cscip_kg.package.contents import Item

FILE: Final = "datacite.json"


def _related(source: Source) -> dict[str, Any]:
    made: dict[str, Any] = {
        "relationType": "IsDerivedFrom",
        "relatedItemType": "Text",
        "relatedItemIdentifier": {
            "relatedItemIdentifier": source.iri,
            "relatedItemIdentifierType": "w3id",
        },
        "titles": [{"title": source.title}],
    }
    if source.creators:
        made["creators"] = [{"name": name, "nameType": "Personal"} for name in source.creators]
    if source.publishers:
        made["publisher"] = "; ".join(source.publishers.values())
    if year := year_of(source.issued):
        made["publicationYear"] = year
    return made


def datacite(told: About, items: Iterable[Item]) -> dict[str, Any]:
    """Return the document.

    Args:
        told: what is said of the whole package.
        items: its files.
    """
    kept = list(items)
    maker = {"name": told.creator, "nameType": "Organizational"}
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceType": "Knowledge graph", "resourceTypeGeneral": "Dataset"},
        "titles": [{"title": told.title, "lang": "en"}],
        "creators": [maker],
        "publisher": {"name": told.creator},
        "publicationYear": str(told.day.year),
        "dates": [{"date": told.day.isoformat(), "dateType": "Issued"}],
        "language": "en",
        "version": told.version,
        "subjects": [{"subject": word, "lang": "en"} for word in told.keywords],
        "alternateIdentifiers": [{"alternateIdentifier": told.iri, "alternateIdentifierType": "w3id"}],
        "relatedItems": [_related(source) for source in told.sources],
        "descriptions": [
            {"description": told.description, "descriptionType": "Abstract", "lang": "en"},
            {"description": RIGHTS, "descriptionType": "Other", "lang": "en"},
        ],
        "rightsList": [
            {
                "rights": LICENCE_NAME,
                "rightsUri": told.licence,
                "rightsIdentifier": LICENCE_SPDX,
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": "https://spdx.org/licenses/",
                "lang": "en",
            }
        ],
        "geoLocations": [{"geoLocationPlace": told.place}],
        "sizes": [f"{len(kept)} files", f"{sum(item.size for item in kept)} bytes"],
        "formats": sorted({item.media for item in kept}),
    }
