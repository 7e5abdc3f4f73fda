"""The columns that a file of figures is known by, and what may stand in them.

In: a header, cells of time and place. Out: where each column stands, or what is wrong and how to mend it. The
names are those of the Department for Education's open data standards for explore education statistics.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from cscip_kg.official.lines import Lines

# Needed, with what each holds; help and the documentation print these.
NEEDED: Final[Mapping[str, str]] = {
    "time_period": "the year: 4 digits (2016), or 6 for two in a row (201516)",
    "time_identifier": "what kind of year: Reporting year, Financial year, …",
    "geographic_level": "National, Regional, Local authority; rows of other levels are passed over",
    "country_code": "E92000001 in the row of England",
    "new_la_code": "the council's GSS code, such as E08000019, in rows of local authorities",
    "la_name": "the council's name as published",
}
REGION_CODE: Final = "region_code"
ENGLAND: Final = "E92000001"
NATIONAL, REGIONAL, COUNCIL = "National", "Regional", "Local authority"
# Columns of time and place that are no filters and no indicators, whatever stands in them.
_PLACES: Final = (
    "lad", "pcon", "lsip", "local_enterprise_partnership", "english_devolved_area", "opportunity_area",
    "ward", "mayoral_combined_authority", "planning_area", "region", "country",
)  # fmt: skip
STANDARD: Final = frozenset(NEEDED) | {
    "old_la_code", "rsc_region_lead_name", "trust_id", "trust_name", "sponsor_id", "sponsor_name",
    "school_urn", "school_laestab", "school_name", "provider_ukprn", "provider_name", "institution_id",
    "institution_name", *(f"{place}_{part}" for place in _PLACES for part in ("code", "name")),
}  # fmt: skip
_GSS: Final = re.compile(r"[EWSNK]\d{8}", re.ASCII)
_YEARS: Final = re.compile(r"(\d\d)(\d\d)(\d\d)?", re.ASCII)
# "x" is an unknown place, "z" one that no code is for; a council of the past may have none.
_NO_CODE: Final = {"", "x", "z"}


def check_commas(header: Sequence[str], lines: Lines) -> None:
    """Refuse a header whose columns are parted by another sign."""
    if len(header) == 1 and (mark := next((m for m in (";", "\t", "|") if m in header[0]), "")):
        raise lines.fault(
            "", f"The columns are parted by {mark!r}.", "Save the file with commas between them."
        )


def positions(header: Sequence[str], lines: Lines) -> dict[str, int]:
    """Return where each column of a header stands.

    Raises:
        FiguresError: a needed column is missing, or a name stands twice.
    """
    if missing := [name for name in NEEDED if name not in header]:
        raise lines.fault(
            ", ".join(missing),
            f"Missing: {'; '.join(f'{name} ({NEEDED[name]})' for name in missing)}.",
            f"The file has: {', '.join(map(repr, header[:40]))}. Take the data file as published.",
        )
    found: dict[str, int] = {}
    for place, name in enumerate(header):
        if name in found:
            raise lines.fault(name, "Two columns have this name.", "Rename or remove one of them.")
        found[name] = place
    return found


def years(period: str) -> tuple[int, ...]:
    """Return the year or the two years of a time period; none where it is neither `2016` nor `201516`."""
    match = _YEARS.fullmatch(period)
    if match is None:
        return ()
    first = int(period[:4])
    if match[3] is None:
        return (first,)
    return (first, first + 1) if (first + 1) % 100 == int(match[3]) else ()


def check_period(period: str, lines: Lines) -> None:
    """Refuse a time period that is not as agreed."""
    if not years(period):
        raise lines.fault(
            "time_period",
            f"{period!r} is no year.",
            "Write 4 digits (2016), or 6 for two years in a row (201516), without dash or slash.",
        )


def council_codes(text: str, lines: Lines) -> tuple[str, ...]:
    """Return the GSS codes of a council's row: none for an unknown place, two for a figure of both together.

    Raises:
        FiguresError: it is no GSS code.
    """
    if text in _NO_CODE:
        return ()
    codes = tuple(part.strip() for part in text.split("/"))
    if all(map(_GSS.fullmatch, codes)):
        return codes
    old = (
        "That is the Department's own code: it belongs in old_la_code. "
        if re.fullmatch(r"\d{3}", text)
        else ""
    )
    raise lines.fault(
        "new_la_code",
        f"{text!r} is no GSS code.",
        f"{old}Write a letter and 8 digits, such as E08000019; x where the place is not known.",
    )
