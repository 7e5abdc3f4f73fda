"""Small extracts for endpoints on loopback: codes and days from the links here, all else made up."""

from __future__ import annotations

from collections.abc import Iterator

from cscip_kg.links import load_links
from cscip_kg.links.reading import Link
from cscip_kg.namespaces import RDFS, SKOS, TYPE

WIKIDATA = "http://www.wikidata.org/prop/direct/"
MADE_UP = "http://example.org/made-up/"
CUBE = MADE_UP + "data/re-referrals"
QB = "http://purl.org/linked-data/cube#"
SDMX = "http://purl.org/linked-data/sdmx/2009/dimension#"
ODC = "http://opendatacommunities.org/def/ontology/"
ONS = "http://statistics.data.gov.uk/def/"
# The endpoints have nothing on this area.
UNKNOWN = "E06000039"
# Two items have this code, as a council and its area may.
TWICE = "E06000015"


def _links(name: str) -> tuple[Link, ...]:
    return next(one.links for one in load_links() if one.name == name)


def codes() -> list[str]:
    """Return the GSS codes that the endpoints know."""
    found = {link.object.rpartition("/")[2] for link in _links("ons-geography")}
    return sorted(code for code in found if code != UNKNOWN and not code.startswith("E12"))


def _line(subject: str, predicate: str, value: str) -> str:
    return f"<{subject}> <{predicate}> {value} .\n"


def wikidata() -> Iterator[str]:
    """Yield items under GSS codes (made up), of councils (the links' own) and by ROR id (both links' own)."""
    for number, code in enumerate(codes(), 1000):
        for item in [f"{MADE_UP}area/{code}"] + [f"{MADE_UP}council/{code}"] * (code == TWICE):
            yield _line(item, WIKIDATA + "P836", f'"{code}"')
            yield _line(item, RDFS + "label", f'"Made-up name of {code}"@en')
            yield _line(item, RDFS + "label", '"Erfundener Name"@de')
            yield _line(item, WIKIDATA + "P1082", f'"{number}"^^<http://www.w3.org/2001/XMLSchema#decimal>')
    items = {link.subject: link.object for link in _links("wikidata")}
    for item in items.values():
        yield _line(item, WIKIDATA + "P31", f"<{MADE_UP}kind>")
        yield _line(item, WIKIDATA + "P856", f"<{MADE_UP}website/{item.rpartition('/')[2]}>")
    for link in _links("ror"):
        if link.subject in items and link.predicate.endswith("sameAs"):
            ror = link.object.rpartition("/")[2]
            yield _line(items[link.subject], WIKIDATA + "P6782", f'"{ror}"')


def ons() -> Iterator[str]:
    """Yield codes with the names and days that the links hold, proved by their extracts."""
    for link in _links("ons-geography"):
        code = link.object.rpartition("/")[2]
        if code not in codes():
            continue
        yield _line(link.object, SKOS + "notation", f'"{code}"')
        yield _line(link.object, ONS + "statistical-geography#officialname", f'"{link.object_label}"')
        status = "terminated" if link.valid[1] else "live"
        yield _line(link.object, ONS + "statistical-geography#status", f'"{status}"')
        for name, day in zip(("operativedate", "terminateddate"), link.valid, strict=True):
            if day:
                yield _line(link.object, f"{ONS}boundary-change/{name}", f'"{day}"')


def statistics() -> Iterator[str]:
    """Yield a data cube of made-up rates, one year by SDMX's dimensions and one by those of the endpoint."""
    measure = MADE_UP + "measure/rate"
    yield _line(CUBE, QB + "structure", f"<{CUBE}/structure>")
    yield _line(f"{CUBE}/structure", QB + "component", f"<{CUBE}/component>")
    yield _line(f"{CUBE}/component", QB + "measure", f"<{measure}>")
    yield _line(measure, RDFS + "label", '"Made-up rate"')
    for number, code in enumerate(codes()):
        place = f"{MADE_UP}place/{code}"
        yield _line(place, SKOS + "notation", f'"{code}"')
        for year, area, time in (
            ("2015", SDMX + "refArea", SDMX + "refPeriod"),
            ("2016", ODC + "geography/refArea", ODC + "time/refPeriod"),
        ):
            one = f"{CUBE}/{year}/{code}"
            yield _line(one, TYPE.value, f"<{QB}Observation>")
            yield _line(one, QB + "dataSet", f"<{CUBE}>")
            yield _line(one, area, f"<{place}>")
            yield _line(one, time, f"<{MADE_UP}year/{year}>")
            yield _line(one, measure, f'"{number}.5"^^<http://www.w3.org/2001/XMLSchema#decimal>')
