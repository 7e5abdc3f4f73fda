"""Paths → pages: which page or table stands at a path, and the list of all of them.

In: a request. Out: a reply, or None where a path belongs to another room. What is nowhere gets a page that
helps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz, process

from cscip_kg import queries
from cscip_kg.gapmap import TITLES
from cscip_kg.namespaces import ID
from cscip_kg.output import as_csv
from cscip_kg.reply import Reply, Request, text
from cscip_kg.site import interventions, library, lines, maps, ontology, scripts, special, statements, things
from cscip_kg.site.cells import Here
from cscip_kg.site.known import Known, known, words_of
from cscip_kg.site.layout import laid_out
from cscip_kg.site.lists import LISTS
from cscip_kg.site.panels import MOST, Page, Spec, csv_of, panel, rows

CSV: Final = "text/csv; charset=utf-8; header=present"
JSON: Final = "application/json"
# First parts of paths that other rooms answer.
OTHERS: Final = (
    "api", "data", "health", "id", "metrics", "reconcile", "sparql", "static", ".well-known", "graph"
)  # fmt: skip
_PAGE: Final = re.compile(r"(?P<path>.*/)page-(?P<number>[1-9]\d{0,3})/")
_NEAR: Final = 60
_KEY: Final = re.compile(r"(?P<path>(?:[^/]+/)*)(?P<key>[a-z0-9-]+)\.csv")


def page_at(found: Known, here: Here, request: Request) -> Page | None:
    """Return the page at a path that ends with a slash; None when there is none."""
    page: Page | None = None
    match here.path.rstrip("/").split("/"):
        case [name]:
            page = _single(found, here, request, name)
        case ["queries", name]:
            page = library.page(found, name, {k: v for k, v in request.params if k != "page"})
        case ["map", "theme" | "intervention" as kind]:
            page = maps.page(found, "theme" if kind == "theme" else "intervention")
        case ["map", *_]:
            page = maps.cell_page(found, here.path)
        case ["source", slug, block]:
            page = lines.page(found, slug, block)
        case [kind, slug]:
            page = things.page(found, kind, slug)
    return page


def _single(found: Known, here: Here, request: Request, name: str) -> Page | None:
    if f"{name}/" in LISTS:
        return LISTS[f"{name}/"]
    return _SINGLE[name](found, here, request) if name in _SINGLE else special.prose(name)


_Make = Callable[[Known, Here, Request], Page]
_SINGLE: Final[dict[str, _Make]] = {
    "": lambda found, *_: special.home(found),
    "interventions": lambda found, _, request: interventions.page(found, request),
    "map": lambda found, *_: maps.page(found, "practice"),
    "queries": lambda *_: library.index(),
    "ontology": lambda found, here, _: ontology.page(found, here),
    "search": lambda found, _, request: special.searched(found, request),
    "ask": special.asked,
    "compare": lambda found, _, request: special.compared(found, special.wanted(request)),
    "downloads": lambda found, *_: special.downloads(found),
    "sparql-editor": lambda *_: special.editor(),
}


def _table(found: Known, path: str, key: str, request: Request) -> bytes | None:
    """Return the table `key` of the page at `path` as CSV; None when the page has none of that name."""
    here = Here(path)
    if path == "interventions/" and key == interventions.SPEC.key:
        table = rows(found, interventions.SPEC)
        return as_csv(interventions.narrowed(found, table, interventions.chosen(request))).encode()
    if path == "compare/" and key == "comparison":
        return special.comparison_csv(found, request)
    if key == "statements" and found.is_thing(path.rstrip("/")):
        return as_csv(statements.statements(found, path.rstrip("/"))).encode()
    if path in ("search/", "ask/") or (page := page_at(found, here, request)) is None:
        return None
    specs = {spec.key: spec for spec in page.specs()}
    if isinstance(spec := page.values.get("spec"), Spec):
        specs[spec.key] = spec
    return csv_of(found, specs[key]) if key in specs else None


def reply(request: Request, folder: Path | None = None) -> Reply | None:
    """Answer a request for a page or a table of one.

    Args:
        request: what is asked for.
        folder: the build folder.

    Returns:
        The page or table; status 404 with a page that helps where nothing stands; None where the path is one
        that another room answers.
    """
    path = request.path
    first = path.partition("/")[0]
    if first in OTHERS or (first == "downloads" and path not in {"downloads/", "downloads"}):
        return None
    if "/" not in path and re.fullmatch(r"(?!.*\.csv$).+\.[a-z]+", path):
        return None
    return answered(known(folder), request, static=False)


def answered(found: Known, request: Request, *, static: bool) -> Reply:
    """Return the page or table at a path of the explorer's own, or the page that says what is near."""
    path = request.path
    if match := _KEY.fullmatch(path):
        if (body := _table(found, match["path"], match["key"], request)) is not None:
            return Reply(200, CSV, body)
    elif path.endswith(".json"):
        if (body := _json(found, path)) is not None:
            return Reply(200, JSON, body)
    elif path.endswith("/") or not path:
        if made := _page(found, request, static=static):
            return made
    elif _page(found, Request(f"{path}/", request.params), static=static):
        return text(
            308,
            "The page stands at the path with a slash at its end.",
            {"Location": f"{path.rpartition('/')[2]}/"},
        )
    return missing(found, path, static=static)


def _json(found: Known, path: str) -> bytes | None:
    """Return what scripts read; None when there is no such file."""
    if made := scripts.FILES.get(path):
        return scripts.as_json(made(found))
    slug = path.removeprefix("compare/").removesuffix(".json")
    if path.startswith("compare/") and found.is_thing(f"intervention/{slug}"):
        return scripts.as_json(scripts.column(found, slug))
    return None


def _page(found: Known, request: Request, *, static: bool) -> Reply | None:
    path, number = request.path, 1
    if match := _PAGE.fullmatch(path):
        path, number = match["path"], int(match["number"])
        if number == 1:
            return None
    # A further page of rows stands one folder deeper: its links start from there.
    here = Here(request.path, static)
    page = page_at(found, Here(path, static), request)
    return laid_out(found, here, page, request, number) if page else None


def near(found: Known, path: str) -> list[tuple[str, str]]:
    """Return name and path of the few things whose names are nearest to a path that leads nowhere."""
    kind, _, slug = path.strip("/").partition("/")
    wanted = (slug or kind).replace("-", " ").replace("/", " ")[:200]
    pool = {
        f"{k}/{s}": f"{s.replace('-', ' ')}"
        for k, slugs in found.kinds.items()
        if (k == kind or (kind not in found.kinds and k in things.HOMES and k in _NAMED))
        for s in slugs
    }
    pool |= {
        f"{page}": words_of(page.strip("/")).casefold()
        for page in [*LISTS, *(f"{p}/" for p in special.PROSE)]
    }
    best = process.extract(wanted, pool, scorer=fuzz.WRatio, limit=5, score_cutoff=_NEAR)
    made = []
    for _, _, key in best:
        if key.endswith("/"):
            made.append((words_of(key.strip("/")), key))
        else:
            made.append((f"{found.name(ID + key)} ({words_of(key.partition('/')[0]).casefold()})", f"{key}/"))
    return made


_NAMED: Final = (
    "intervention",
    "dfe-outcome",
    "outcome-measure",
    "practice-measure",
    "organisation",
    "area",
    "topic",
)


def missing(found: Known, path: str, *, static: bool = False) -> Reply:
    """Return the page for a path at which nothing stands."""
    page = Page(
        path if path.endswith("/") else path[: path.rfind("/") + 1],
        "Page not found",
        "Nothing stands at this address. Check that it was typed or pasted whole.",
        template="message.html",
        values={"near": near(found, path)},
    )
    made = laid_out(found, Here(page.path, static), page, Request(path))
    assert made is not None  # noqa: S101 - a page of one part always lays out
    return Reply(404, made.media, made.body)


def pages(found: Known) -> Iterable[str]:
    """Yield the path of every first page, tables and further pages left out."""
    yield from (f"{name}/" if name else "" for name in _SINGLE)
    yield from LISTS
    yield from (f"{name}/" for name in special.PROSE)
    yield from (f"queries/{name}/" for name in queries.catalogue())
    for kind in TITLES:
        if kind != "practice":
            yield maps.path_of(kind)
        yield from maps.filled(maps.made(found, kind))
    yield from (f"{thing}/" for thing in sorted(found.things))
    for slug in found.kinds["source"]:
        yield from (path for _, path in things.blocks(found, slug))


def tables(found: Known, path: str) -> list[str]:
    """Return the paths of the tables of a page, and of its further pages of rows."""
    here, request = Here(path), Request(path)
    page = page_at(found, here, request)
    if page is None:
        return []
    specs = list(page.specs())
    if isinstance(spec := page.values.get("spec"), Spec):
        specs.append(spec)
    made = [f"{path}{spec.key}.csv" for spec in specs]
    if found.is_thing(path.rstrip("/")):
        made.append(f"{path}statements.csv")
    if path == "interventions/":
        return [f"{path}{interventions.SPEC.key}.csv"]
    if page.template in ("page.html", "thing.html", "query.html"):
        # Cells are made only where rows may be too many for a page: those that look alike are shown once.
        long = [spec for spec in specs if len(rows(found, spec).rows) > MOST]
        most = max((panel(found, here, spec).pages for spec in long), default=1)
        made += [f"{path}page-{n}/" for n in range(2, most + 1)]
    return made


def walk(found: Known) -> Iterator[str]:
    """Yield the path of every page, after each those of its tables, and at the end what scripts read."""
    for path in dict.fromkeys(pages(found)):
        yield path
        yield from tables(found, path)
    yield from (f"compare/{slug}.json" for slug in found.kinds["intervention"])
    yield from scripts.FILES


def paths(folder: Path | None = None) -> list[str]:
    """Return the path of every page, every table and every column of the comparison, in a fixed order."""
    return list(dict.fromkeys(walk(known(folder))))
