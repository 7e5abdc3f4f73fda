"""Official statistics beside an intervention's councils and years: context, never evidence of effect.

In: an intervention, a CSV file as the Department for Education's explore education statistics publishes it.
Out: what the file holds for those councils and years, with all that is to be known of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cscip_kg.official.columns import NEEDED
from cscip_kg.official.fetching import is_address, opened
from cscip_kg.official.findings import findings_on
from cscip_kg.official.joining import Wish, joined, wanted
from cscip_kg.official.lines import MEGABYTE, Lines
from cscip_kg.official.places import places_of
from cscip_kg.official.reading import read
from cscip_kg.official.rows import as_csv, as_json
from cscip_kg.official.telling import CONTEXT, Told, document
from cscip_kg.store import Limits

# What fetching and reading may cost when the user says nothing else.
LIMITS: Final = Limits(300.0, 1024 * MEGABYTE)

__all__ = [
    "CONTEXT",
    "LIMITS",
    "MEGABYTE",
    "NEEDED",
    "Told",
    "Wish",
    "as_csv",
    "as_json",
    "beside",
    "document",
    "is_address",
]


def beside(
    intervention: str, source: str, wish: Wish, limits: Limits = LIMITS, folder: Path | None = None
) -> Told:
    """Set the figures of a file beside an intervention's councils and years.

    Args:
        intervention: slug, IRI or any of its names.
        source: path of a CSV file, or an address with https.
        wish: what is to be seen of it.
        limits: seconds after which fetching is given up, and how large the file may be.
        folder: the build folder; by default the project's own.

    Raises:
        FiguresError: the file is not as agreed; the message names file, line, field and remedy.
        RemoteError: the address gives no CSV file within the limits.
        UnknownNameError: no thing, column or value goes by a name; the message lists what does.
    """
    places = places_of(intervention, folder)
    found = findings_on(intervention, wish.measure, folder) if wish.measure else None
    with opened(source, limits) as one:
        table = read(Lines(one.stream, one.file, limits.max_bytes), wanted(places, wish))
        return Told(joined(places, table, wish), one.retrieved, found)
