"""Where the extracts that prove links are published today, and how one answer becomes an extract.

In: the bytes of an answer, and the extract that it renews. Out: rows of the same columns. The addresses stand
here: neither a link file nor a manifest can name a new one.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cscip_kg.errors import RemoteFormatError, RemoteRefusedError
from cscip_kg.links.checking import Row, json_rows, table_rows

# Fetches what stands at an address, if it is of one of these media types.
Fetch = Callable[[str, tuple[str, ...]], bytes]

_RAW: Final = "https://raw.githubusercontent.com/"
_TABLE: Final = ("text/csv", "text/plain")
_RECORD: Final = ("application/json",)
# Of a record of ROR only what proves links is kept.
_FIELDS: Final = ("id", "names", "external_ids", "established", "relationships", "status")
_GONE: Final = {404, 410}


@dataclass(frozen=True)
class Extract:
    """An extract as it stands today.

    Attributes:
        body: the file.
        rows: its rows; see `checking.Row`.
    """

    body: bytes
    rows: list[Row]


@dataclass(frozen=True)
class Source:
    """One source.

    Attributes:
        name: of the extract, and of the source on the command line, less its ending.
        ending: of the extract.
        url: where it is published: of a table the whole address, of records what stands before the id.
        keys: the columns by which a row is known again.
        whole: whether the extract has every row of the source, so that a new row is news.
        licence: of the source.
    """

    name: str
    ending: str
    url: str
    keys: tuple[str, ...]
    whole: bool
    licence: str

    @property
    def file(self) -> str:
        """The name of the extract."""
        return self.name + self.ending

    def fetched(self, old: Iterable[Row], header: tuple[str, ...], fetch: Fetch, url: str) -> Extract:
        """Fetch what the source holds today of the things that the old extract holds.

        Args:
            old: the rows of the old extract.
            header: its columns; none of a file of records.
            fetch: fetches.
            url: where, which may be a copy of the user's.

        Raises:
            RemoteError: there is no whole answer, or it is not what the extract was made of.
        """
        if self.ending == ".jsonl":
            return _records(old, fetch, url)
        return _table(self, old, header, fetch(url, _TABLE))


def _source(name: str, place: str, key: str, licence: str, *, whole: bool = False) -> Source:
    return Source(name, ".csv", _RAW + place, (key,), whole, licence)


_DFE: Final = "dfe-analytical-services/dfe-published-data-qa/HEAD/data/"
_LAND: Final = "digital-land/organisation-"
_ALL: Final = (
    _source("dfe_las", _DFE + "las.csv", "new_la_code", "MIT", whole=True),
    _source("dfe_regions", _DFE + "regions.csv", "region_code", "MIT", whole=True),
    _source(
        "digitalland_local_authority",
        _LAND + "collection/HEAD/data/local-authority.csv",
        "reference",
        "MIT (Crown copyright)",
    ),
    _source(
        "digitalland_government_organisation",
        _LAND + "collection/HEAD/data/government-organisation.csv",
        "reference",
        "MIT (Crown copyright)",
    ),
    _source(
        "register_government_organisation",
        _LAND + "dataset/HEAD/collection/register/government-organisation.csv",
        "key",
        "OGL v3.0",
    ),
    _source("drkane_la_orgid_to_gss", "drkane/geo-lookups/HEAD/la_orgid_to_gss.csv", "org_id", "OGL v3.0"),
    _source(
        "evaluation_registry_design_types",
        "i-dot-ai/evaluation-registry/HEAD/evaluation_registry/evaluations/migrations/design_types.csv",
        "code",
        "none stated",
        whole=True,
    ),
    Source(
        "ror_records",
        ".jsonl",
        "https://api.ror.org/v2/organizations/",
        ("id", "relationships.id"),
        False,
        "CC0 1.0",
    ),
)
SOURCES: Final[Mapping[str, Source]] = {source.name: source for source in _ALL}


def _text(body: bytes, what: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RemoteFormatError(f"{what} is not text in UTF-8.") from error


def _table(source: Source, old: Iterable[Row], header: tuple[str, ...], body: bytes) -> Extract:
    """Return the rows of a table that the old extract knows, or all where it is whole; its columns alone."""
    text = _text(body, source.file)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
        found = list(reader)
    except csv.Error as error:
        raise RemoteFormatError(f"{source.file} is no table ({error}).") from error
    if missing := [column for column in header if column not in (reader.fieldnames or ())]:
        raise RemoteFormatError(f"{source.file} has no column {missing[0]} any more: look at it by hand.")
    if any(None in row or None in row.values() for row in found):
        raise RemoteFormatError(
            f"{source.file} has a line of another length: it was cut off, or is no table."
        )
    (key,) = source.keys
    known = set().union(*(row[key] for row in old))
    out = io.StringIO()
    writer = csv.DictWriter(out, header, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in found if source.whole or row[key] in known)
    return Extract(out.getvalue().encode(), table_rows(out.getvalue()))


def _record(body: bytes, iri: str) -> dict[str, Any]:
    try:
        document = json.loads(_text(body, iri))
    except (ValueError, RecursionError) as error:
        raise RemoteFormatError(f"What stands for {iri} is no JSON.") from error
    if not isinstance(document, dict) or document.get("id") != iri:
        raise RemoteFormatError(f"What stands for {iri} is another record.")
    related = document.get("relationships") or []
    if not isinstance(related, list) or not all(isinstance(one, dict) for one in related):
        raise RemoteFormatError(f"The record {iri} has another form: look at it by hand.")
    return {field: document[field] for field in _FIELDS if document.get(field)}


def _records(old: Iterable[Row], fetch: Fetch, url: str) -> Extract:
    """Return the records that the old extract holds, as they are today; one that is gone is left out."""
    found = []
    for iri in sorted({iri for row in old for iri in row.get("id", ())}):
        try:
            found.append(_record(fetch(url + iri.rpartition("/")[2], _RECORD), iri))
        except RemoteRefusedError as error:
            if error.status not in _GONE:
                raise
    lines = (json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n" for one in found)
    return Extract("".join(lines).encode(), [row for one in found for row in json_rows(one)])
